{# Surges from the daily state of account scores: one begins when the conditions first hold (stage, intent, fit, segment member),
   and ends when the stage falls or after the profile's quiet days. Gaps and islands by dt, looking back only: the key is the first day.
   One row per change of what the vendor says while the surge holds. #}
with scores as (
    select * from {{ ref('int_account_score_days') }}
),

spans as (
    select * from {{ ref('int_segment_spans') }}
),

{# a member by its domain, or by its company as it was known on that day #}
members as (
    select s.record_key, s.dt
    from scores as s
    inner join spans as m on m.domain = s.domain and m.member_from <= s.dt and m.member_to >= s.dt
    union
    select s.record_key, s.dt
    from scores as s
    inner join spans as m
        on m.company_id = s.company_id and m.member_from <= s.dt and m.member_to >= s.dt
        and m.linked_dt <= s.dt
),

judged as (
    select
        s.record_key, s.domain, s.product, s.intent_score, s.buying_stage, s.profile_score, s.profile_fit, s.known_at, s.dt,
        s.company_id,
        case when {{ in_var("coalesce(s.buying_stage, '')", 'intent_stages') }} then 0 else 1 end as is_fallen,
        case
            when {{ in_var("coalesce(s.buying_stage, '')", 'intent_stages') }}
                and s.intent_score > {{ var('intent_min_score') }}
                and {{ in_var("coalesce(s.profile_fit, '')", 'intent_fits') }}
                and m.record_key is not null
            then 1 else 0
        end as is_holding
    from scores as s
    left join members as m on m.record_key = s.record_key and m.dt = s.dt
),

falls as (
    select
        j.*,
        sum(j.is_fallen) over (partition by j.record_key order by j.dt rows between unbounded preceding and current row) as falls_so_far
    from judged as j
),

holding as (
    select
        f.*,
        lag(f.dt) over (partition by f.record_key order by f.dt) as last_dt,
        lag(f.falls_so_far) over (partition by f.record_key order by f.dt) as last_falls,
        lag(f.intent_score) over (partition by f.record_key order by f.dt) as last_intent,
        lag(f.buying_stage) over (partition by f.record_key order by f.dt) as last_stage,
        lag(f.profile_fit) over (partition by f.record_key order by f.dt) as last_fit
    from falls as f
    where f.is_holding = 1
),

starts as (
    select
        h.*,
        case
            when h.last_dt is null or h.falls_so_far <> h.last_falls
                or {{ days_between('h.last_dt', 'h.dt') }} > {{ var('intent_quiet_days') }}
            then 1 else 0
        end as is_start
    from holding as h
),

surges as (
    select
        s.*,
        max(case when s.is_start = 1 then s.dt end) over (partition by s.record_key order by s.dt rows between unbounded preceding and current row) as started_on
    from starts as s
)

select
    {{ key(["'intent_surge'", 's.record_key', 's.dt']) }} as evidence_id,
    {{ key(["'intent_surge'", 's.record_key', 's.started_on']) }} as episode_key,
    'intent_surge' as signal_type,
    'sixsense__account_scores' as dataset,
    s.record_key, s.domain,
    s.company_id,
    cast(s.started_on as {{ dbt.type_string() }}) as subject,
    s.product, s.buying_stage, s.profile_fit,
    s.intent_score as measure, s.profile_score,
    s.is_start,
    s.started_on,
    cast(s.started_on as timestamp) as occurred_at,
    s.known_at,
    s.dt
from surges as s
where s.is_start = 1
    or s.intent_score <> s.last_intent
    or s.buying_stage <> s.last_stage
    or s.profile_fit <> s.last_fit
