with source as (
    select * from {{ newest_snapshot('ops__sends') }} as s
),

renamed as (
    select
        record_key, effect_id, plan_hash, vendor_id, company_id, person_id, email_key, signal_id,
        destination, object, operation, natural_key, status, signal_type, is_probe,
        dt_planned, sent_at, confirmed_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
