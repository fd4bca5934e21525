{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('company_links', 'mention_id') }}",
    post_hook="{{ note_days('company_links') }}"
) }}
{# One link per mention, as of the run's day. A link is made once: the row under its earliest dt stands. Only the employer of a person
   changes: there the newest employment stands; what was so on an earlier day is read from the lake. `company_id` is the id of its day; fold merges
   to read it today. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.mention_id order by l.dt, l.company_id) as first_rank,
        row_number() over (partition by l.mention_id order by l.dt desc, l.company_id) as last_rank
    from {{ rows_not_held('company_links', 'mention_id') }} as l
),

employers as (
    select mention_id from {{ ref('mentions') }} where role = 'employer'
)

select s.mention_id, s.company_id, s.method, s.decided_by, s.probability, s.dt
from source as s
left join employers as e on e.mention_id = s.mention_id
where case when e.mention_id is null then s.first_rank else s.last_rank end = 1
