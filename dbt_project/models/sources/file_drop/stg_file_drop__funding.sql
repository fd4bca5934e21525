with source as (
    select * from {{ first_of_each('file_drop__funding') }} as s
),

renamed as (
    select
        record_key, registry_id, vendor_id,
        company_name, company_domain, round_type, currency, investors, lead_investor, source_url, source_row,
        amount, valuation,
        announced_on, closed_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
