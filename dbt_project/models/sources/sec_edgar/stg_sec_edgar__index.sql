with source as (
    select * from {{ first_of_each('sec_edgar__index') }} as s
),

renamed as (
    select
        record_key, accession, cik,
        company_name, form, path,
        filed_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
