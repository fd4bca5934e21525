with source as (
    select * from {{ first_of_each('file_drop__technology') }} as s
),

renamed as (
    select
        record_key, vendor_id,
        company_domain, technology, category, status, source_row,
        confidence,
        first_seen, last_seen, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
