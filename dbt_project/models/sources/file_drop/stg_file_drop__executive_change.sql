with source as (
    select * from {{ first_of_each('file_drop__executive_change') }} as s
),

renamed as (
    select
        record_key, registry_id, vendor_id,
        company_name, company_domain, title, change_type, previous_company, previous_title, source_row,
        announced_on, effective_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
