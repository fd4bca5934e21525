with source as (
    select * from {{ newest_snapshot('outreach__prospects') }} as s
),

renamed as (
    select
        record_key, prospect_id, email_key, owner_id, external_id,
        title, company, signal_source, signal_stage, signal_score,
        opted_out, email_opted_out,
        touched_at, engaged_at, created_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
