{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('episode_links', 'event_id') }}",
    post_hook="{{ note_days('episode_links') }}"
) }}
{# The episode of each event; made once, the row under its earliest dt stands. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.event_id order by l.dt, l.episode_id) as version_rank
    from {{ rows_not_held('episode_links', 'event_id') }} as l
),

renamed as (
    select event_id, episode_id, company_id, signal_type, subject, is_first, dt
    from source
    where version_rank = 1
)

select * from renamed
