with source as (
    select * from {{ first_of_each('file_drop__job_posting') }} as s
),

renamed as (
    select
        record_key, job_id,
        company_name, company_domain, title, url, location, country, department, employment_type, remote, description, currency, source_row,
        salary_min, salary_max,
        posted_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
