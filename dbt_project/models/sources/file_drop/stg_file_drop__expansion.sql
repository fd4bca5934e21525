with source as (
    select * from {{ first_of_each('file_drop__expansion') }} as s
),

renamed as (
    select
        record_key, registry_id,
        company_name, company_domain, expansion_type, city, country, address, target_company, currency, source_url, source_row,
        size_sqft, deal_size,
        announced_on, effective_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
