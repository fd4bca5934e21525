with source as (
    select * from {{ newest_snapshot('sixsense__segment_members') }} as s
),

renamed as (
    select
        record_key, segment_id, domain,
        segment_name, name, country, topics,
        occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
