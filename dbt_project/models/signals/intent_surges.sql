{{ config(tags=['mart']) }}
{# One row per surge, with the vendor's words of its newest change. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where signal_type = 'intent_surge'
),

changes as (
    select
        episode_key, domain, product, buying_stage, profile_fit, measure, profile_score, started_on, dt,
        row_number() over (partition by episode_key order by dt desc, evidence_id) as change_rank
    from {{ ref('int_intent_surges') }}
),

peaks as (
    select episode_key, max(measure) as peak_intent_score, count(*) as changes from changes group by episode_key
)

select
    {{ uuid_text(key(["'intent_surges'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id, c.domain,
    c.product as topic,
    c.buying_stage as buying_stage_6sense,
    c.profile_fit as profile_fit_6sense,
    c.measure as intent_score,
    p.peak_intent_score, c.profile_score, p.changes,
    c.started_on,
    c.dt as last_change_on,
    cast(s.first_dt as timestamp) as created_at,
    cast(s.last_dt as timestamp) as updated_at,
    s.first_dt as dt
from signals as s
inner join changes as c on c.episode_key = s.episode_id and c.change_rank = 1
inner join peaks as p on p.episode_key = s.episode_id
