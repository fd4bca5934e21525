with source as (
    select * from {{ newest_snapshot('salesforce__contacts') }} as s
),

renamed as (
    select
        record_key, contact_id, account_id, email_key, owner_id, signal_key,
        title, country,
        has_opted_out, do_not_contact,
        email_bounced_at, created_at, last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1 and not coalesce(is_deleted, false)
)

select * from renamed
