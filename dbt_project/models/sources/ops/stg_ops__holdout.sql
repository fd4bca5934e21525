with source as (
    select * from {{ newest_snapshot('ops__holdout') }} as s
),

renamed as (
    select
        record_key, company_id,
        arm, salt,
        drawn_on, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
