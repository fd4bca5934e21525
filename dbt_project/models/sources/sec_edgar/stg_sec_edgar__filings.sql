with source as (
    select * from {{ first_of_each('sec_edgar__filings') }} as s
),

renamed as (
    select
        record_key, accession, cik,
        company_name, form, items, document_url, country, state, city,
        has_document,
        filed_on, reported_on, accepted_at, signed_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
