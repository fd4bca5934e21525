with source as (
    select * from {{ newest_snapshot('ops__enrichments') }} as s
),

renamed as (
    select
        record_key, company_id, signal_id,
        provider, lookup_key, outcome,
        credits, usd,
        source.at as spent_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
