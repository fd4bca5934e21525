with source as (
    select * from {{ newest_snapshot('salesforce__meetings') }} as s
),

renamed as (
    select
        record_key, meeting_id, account_id, contact_id, owner_id,
        status,
        is_accepted,
        starts_at, created_at, last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
