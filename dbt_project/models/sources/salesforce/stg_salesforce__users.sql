with source as (
    select * from {{ newest_snapshot('salesforce__users') }} as s
),

renamed as (
    select
        record_key, user_id, email_key,
        territory,
        is_active,
        last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
