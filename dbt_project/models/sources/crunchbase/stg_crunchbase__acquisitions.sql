with source as (
    select * from {{ first_of_each('crunchbase__acquisitions') }} as s
),

renamed as (
    select
        record_key, company_id, acquirer_id,
        company_name, company_country, company_city, company_categories, acquirer_name, acquirer_country, acquirer_city, currency, source_row,
        price,
        announced_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
