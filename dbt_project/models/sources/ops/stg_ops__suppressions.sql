with source as (
    select * from {{ newest_snapshot('ops__suppressions') }} as s
),

renamed as (
    select
        record_key, email_key, company_id,
        reason, note,
        since, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
