with source as (
    select * from {{ first_of_each('crunchbase__funding_rounds') }} as s
),

renamed as (
    select
        record_key, company_id,
        company_name, category, country, state, city, round_type, currency, source_row,
        employees, amount,
        announced_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
