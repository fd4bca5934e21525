with source as (
    select * from {{ newest_snapshot('sixsense__account_scores') }} as s
),

renamed as (
    select
        record_key, domain,
        name, product, buying_stage, profile_fit, industry, country, employee_range,
        intent_score, profile_score, employees,
        occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
