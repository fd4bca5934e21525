{# The episode of each event; made once, the row under its earliest dt stands. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.event_id order by l.dt, l.episode_id) as version_rank
    from {{ lake('episode_links') }} as l
    where l.dt <= {{ to_day() }}
),

renamed as (
    select event_id, episode_id, company_id, signal_type, subject, is_first, dt
    from source
    where version_rank = 1
)

select * from renamed
