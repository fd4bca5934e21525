with source as (
    select * from {{ newest_of_each('sec_edgar__companies') }} as s
),

renamed as (
    select
        record_key, cik, domain,
        company_name, former_names, sic, sic_description, entity_type, tickers, website, country, state, city,
        occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
