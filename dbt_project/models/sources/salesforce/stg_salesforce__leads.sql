with source as (
    select * from {{ newest_snapshot('salesforce__leads') }} as s
),

renamed as (
    select
        record_key, lead_id, email_key, domain, converted_account_id, converted_contact_id, owner_id,
        title, company, website, country, status,
        has_opted_out, is_converted,
        created_at, last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1 and not coalesce(is_deleted, false)
)

select * from renamed
