with source as (
    select * from {{ newest_snapshot('outreach__email_addresses') }} as s
),

renamed as (
    select
        record_key, email_address_id, prospect_id, email_key,
        status,
        unsubscribed_at, status_changed_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
