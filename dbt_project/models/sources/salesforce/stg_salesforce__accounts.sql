with source as (
    select * from {{ newest_snapshot('salesforce__accounts') }} as s
),

renamed as (
    select
        record_key, account_id, domain, owner_id, signal_key,
        name, website, industry, country, state, city, type,
        employees, annual_revenue,
        do_not_contact,
        created_at, last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1 and not coalesce(is_deleted, false)
)

select * from renamed
