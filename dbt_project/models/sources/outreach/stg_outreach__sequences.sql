with source as (
    select * from {{ newest_snapshot('outreach__sequences') }} as s
),

renamed as (
    select
        record_key, sequence_id,
        name,
        throttle_max_adds_per_day,
        is_enabled, is_locked, is_transactional, is_throttle_paused,
        updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
