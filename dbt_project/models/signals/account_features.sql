{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='dt',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{% if is_incremental() %}delete from {{ this }} where dt between {{ from_day() }} and {{ to_day() }}{% endif %}"
) }}
{# One row per company and day from..to, each from what stood on that day alone: evidence, links, scores and sends with dt <= day
   (sends: dt < day). The hook empties days that have no rows any more.
   Types and families are those of the seed `signal_types`. A type has windows and recency, a family what smooths over its types (velocity and
   decayed sum): no column stands twice, also where a family has one type. A type that comes later has null on days that stand, for nobody
   counted it then; a day that is built anew counts it. #}
{%- set types = signal_names('signal_type', taken=['signal', 'send', 'deal_opened', 'deal_lost', 'stage_fell_6sense']) %}
{%- set families = signal_names('family', taken=['signals']) %}
{%- set stages = ['Consideration', 'Decision', 'Purchase'] %}
{%- set ladder = ['Target', 'Awareness', 'Consideration', 'Decision', 'Purchase'] %}
{%- set said = [] %}
{%- for c in ['modality', 'change_type', 'level', 'title', 'department', 'round_type', 'deal_stage', 'trigger_words', 'topic'] %}
{%- do said.append("coalesce(' ' || replace(e." ~ c ~ ", '_', ' '), '')") %}
{%- endfor %}
with days as (
    select day from {{ days(from_day(), to_day()) }} as d
),

aged as (
    select
        d.day, {{ canonical('r.company_id', 'c') }} as company_id, r.signal_type, r.family, r.half_life_days, r.usd,
        greatest(0, {{ days_between('r.occurred_on', 'd.day') }}) as age_days
    from days as d
    inner join {{ ref('int_episode_spans') }} as r
        on r.valid_from <= d.day and r.valid_to >= d.day and r.occurred_on > {{ add_days('d.day', -365) }}
    {{ canonical_join('r.company_id', 'd.day', 'c') }}
),

counted as (
    select
        day, company_id,
        {%- for t in types %}
        count(case when signal_type = '{{ t }}' and age_days < 7 then 1 end) as {{ t }}_signals_7d,
        count(case when signal_type = '{{ t }}' and age_days < 30 then 1 end) as {{ t }}_signals_30d,
        count(case when signal_type = '{{ t }}' and age_days < 90 then 1 end) as {{ t }}_signals_90d,
        min(case when signal_type = '{{ t }}' then age_days end) as days_since_{{ t }},
        {%- endfor %}
        {%- for f in families %}
        sum(case when family = '{{ f }}' and age_days < 30 then 1 when family = '{{ f }}' and age_days < 60 then -1 else 0 end) as {{ f }}_velocity_30d,
        sum(case when family = '{{ f }}' then {{ decay('age_days', 'half_life_days') }} else 0 end) as {{ f }}_decayed,
        {%- endfor %}
        sum(case when age_days < 30 then 1 else 0 end) as signals_30d,
        sum(case when age_days < 90 then 1 else 0 end) as signals_90d,
        sum(case when age_days >= 30 and age_days < 60 then 1 else 0 end) as signals_30d_before,
        min(age_days) as days_since_signal,
        count(distinct case when age_days < 90 then family end) as families_90d,
        sum(case when signal_type = 'funding_round' and age_days < 365 then usd end) as funding_usd_365d
    from aged
    group by day, company_id
),

usage_rows as (
    select u.company_id, u.linked_dt, g.user_id, g.event_type, g.event_date, g.event_count, g.dt
    from {{ ref('int_usage') }} as g
    inner join {{ ref('int_product_users') }} as u on u.user_id = g.user_id
    where u.company_id is not null
),

used as (
    select
        d.day, {{ canonical('g.company_id', 'c') }} as company_id,
        sum(case when g.event_date > {{ add_days('d.day', -7) }} then g.event_count else 0 end) as usage_events_7d,
        sum(case when g.event_date > {{ add_days('d.day', -28) }} then g.event_count else 0 end) as usage_events_28d,
        sum(case when g.event_date <= {{ add_days('d.day', -28) }} then g.event_count else 0 end) as usage_events_28d_before,
        sum(case when g.event_date > {{ add_days('d.day', -28) }} and g.event_type = '{{ var("volume_event") }}' then g.event_count else 0 end) as volume_28d,
        sum(case when g.event_date > {{ add_days('d.day', -28) }} and g.event_type = '{{ var("activation_event") }}' then g.event_count else 0 end) as activations_28d,
        count(distinct case when g.event_date > {{ add_days('d.day', -28) }} then g.user_id end) as active_users_28d
    from days as d
    inner join usage_rows as g on g.dt <= d.day and g.linked_dt <= d.day and g.event_date > {{ add_days('d.day', -56) }} and g.event_date <= d.day
    {{ canonical_join('g.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('g.company_id', 'c') }}
),

intent_seen as (
    select
        d.day, {{ canonical('s.company_id', 'c') }} as company_id, s.intent_score, s.profile_score, s.buying_stage, s.profile_fit,
        row_number() over (
            partition by d.day, {{ canonical('s.company_id', 'c') }}
            order by s.dt desc, s.intent_score desc nulls last, s.record_key
        ) as seen_rank
    from days as d
    inner join {{ ref('int_account_score_days') }} as s on s.dt <= d.day and s.dt > {{ add_days('d.day', -7) }} and s.company_id is not null
    {{ canonical_join('s.company_id', 'd.day', 'c') }}
),

stages_seen as (
    select
        d.day, {{ canonical('s.company_id', 'c') }} as company_id
        {%- for stage in stages %},
        min(case when s.buying_stage = '{{ stage }}' then {{ days_between('s.dt', 'd.day') }} end) as days_since_{{ stage | lower }}_6sense
        {%- endfor %}
    from days as d
    inner join {{ ref('int_account_score_days') }} as s
        on s.dt <= d.day and s.dt > {{ add_days('d.day', -365) }} and s.company_id is not null and s.buying_stage in ('{{ stages | join("', '") }}')
    {{ canonical_join('s.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('s.company_id', 'c') }}
),

{# One answer a company and day, the hottest of its records, and by how many steps it fell since the answer before #}
levels as (
    select
        s.company_id, s.dt, max(s.intent_score) as intent_score,
        max(case s.buying_stage {% for stage in ladder %}when '{{ stage }}' then {{ loop.index0 }} {% endfor %}end) as stage_level
    from {{ ref('int_account_score_days') }} as s
    where s.company_id is not null
    group by s.company_id, s.dt
),

moves as (
    select l.*, l.stage_level - lag(l.stage_level) over (partition by l.company_id order by l.dt) as step
    from levels as l
),

intent_history as (
    select
        d.day, {{ canonical('m.company_id', 'c') }} as company_id,
        {{ ratio("sum(case when m.dt > " ~ add_days('d.day', -30) ~ " then cast(m.intent_score as numeric(18, 4)) end)",
                 "count(case when m.dt > " ~ add_days('d.day', -30) ~ " then m.intent_score end)") }} as intent_score_30d,
        {{ ratio("sum(case when m.dt > " ~ add_days('d.day', -30) ~ " then m.stage_level end)",
                 "count(case when m.dt > " ~ add_days('d.day', -30) ~ " then m.stage_level end)") }} as stage_level_30d_6sense,
        min(case when m.step <= -2 then {{ days_between('m.dt', 'd.day') }} end) as days_since_stage_fell_6sense
    from days as d
    inner join moves as m on m.dt <= d.day and m.dt > {{ add_days('d.day', -365) }}
    {{ canonical_join('m.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('m.company_id', 'c') }}
),

deals as (
    select
        d.day, {{ canonical('o.company_id', 'c') }} as company_id,
        sum(case when o.state = 'open' then 1 else 0 end) as open_deals,
        min(case when o.state = 'open' then greatest(0, {{ days_between('o.opened_on', 'd.day') }}) end) as days_since_deal_opened,
        min(case when o.state = 'lost' and o.closed_on > {{ add_days('d.day', -365) }} then {{ days_between('o.closed_on', 'd.day') }} end) as days_since_deal_lost
    from days as d
    inner join {{ ref('int_deal_spans') }} as o on o.valid_from <= d.day and o.valid_to >= d.day
    {{ canonical_join('o.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('o.company_id', 'c') }}
),

firm_ranked as (
    select
        d.day, {{ canonical('f.company_id', 'c') }} as company_id, f.employees, f.country, f.industry,
        row_number() over (
            partition by d.day, {{ canonical('f.company_id', 'c') }}
            order by f.name_rank, f.valid_from desc, f.dataset, f.company_id
        ) as word_rank
    from days as d
    inner join {{ ref('int_firmographics') }} as f on f.valid_from <= d.day and f.valid_to >= d.day
    {{ canonical_join('f.company_id', 'd.day', 'c') }}
),

firm as (
    select
        day, company_id,
        cast({{ best('employees', 'word_rank') }} as bigint) as employees,
        {{ best('country', 'word_rank') }} as country,
        {{ best('industry', 'word_rank') }} as industry
    from firm_ranked
    group by day, company_id
),

sent as (
    select
        d.day, {{ canonical('s.company_id', 'c') }} as company_id,
        count(distinct case when s.dt >= {{ add_days('d.day', -30) }} then s.effect_id end) as sends_30d,
        count(distinct case when s.dt >= {{ add_days('d.day', -90) }} then s.effect_id end) as sends_90d,
        min({{ days_between('s.dt', 'd.day') }}) as days_since_send
    from days as d
    inner join {{ carried('sends') }} as s on s.dt < d.day and s.status in ('sent', 'confirmed') and s.company_id is not null
    {{ canonical_join('s.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('s.company_id', 'c') }}
),

{# What the newest reports say in words of their own, names of people and of other companies left out #}
worded as (
    select
        e.company_id, e.evidence_id, e.dt,
        {{ dbt.concat(["replace(e.signal_type, '_', ' ')"] + said) }} as words
    from {{ ref('signal_evidence') }} as e
    where e.company_id is not null
        and coalesce(e.change_type, e.title, e.department, e.round_type, e.deal_stage, e.trigger_words, e.topic) is not null
),

worded_ranked as (
    select
        d.day, {{ canonical('w.company_id', 'c') }} as company_id, w.words,
        row_number() over (partition by d.day, {{ canonical('w.company_id', 'c') }} order by w.dt desc, w.evidence_id) as text_rank
    from days as d
    inner join worded as w on w.dt <= d.day and w.dt > {{ add_days('d.day', -90) }}
    {{ canonical_join('w.company_id', 'd.day', 'c') }}
),

told as (
    select day, company_id, {{ list_text('words', '. ', 'text_rank') }} as signal_text
    from worded_ranked
    where text_rank <= 5
    group by day, company_id
),

inhibited as (
    select
        d.day, {{ canonical('i.company_id', 'c') }} as company_id,
        max(case when i.inhibitor = 'recent_loss' then 1 else 0 end) as inhibitor_recent_loss,
        max(case when i.inhibitor = 'insolvency' then 1 else 0 end) as inhibitor_insolvency,
        max(case when i.inhibitor = 'layoffs' then 1 else 0 end) as inhibitor_layoffs
    from days as d
    inner join {{ ref('int_inhibitors') }} as i on i.dt <= d.day and i.since <= d.day and i.until > d.day
    {{ canonical_join('i.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('i.company_id', 'c') }}
),

{# The rule score as of the day, as `signals_pipeline/scoring/rules.py` has it (it says why, here is only how much): what is alive, of intent
   and product signals the newest of a kind and user. test_readiness.py holds the two together. #}
standing as (
    select
        d.day, {{ canonical('r.company_id', 'c') }} as company_id, r.signal_type, r.family, r.half_life_days, r.confidence,
        greatest(0, {{ days_between('r.occurred_on', 'd.day') }}) as age_days,
        row_number() over (
            partition by d.day, {{ canonical('r.company_id', 'c') }}, r.signal_type, r.user_id
            order by r.occurred_at desc nulls last, r.episode_id desc
        ) as newness
    from days as d
    inner join {{ ref('int_episode_spans') }} as r
        on r.valid_from <= d.day and r.valid_to >= d.day
        and {{ days_between('r.occurred_on', 'd.day') }} <= {{ var('live_half_lives') }} * r.half_life_days
    {{ canonical_join('r.company_id', 'd.day', 'c') }}
    where not {{ in_var('r.signal_type', 'inhibitor_points') }}
),

spoken_for as (
    select
        day, company_id,
        sum({{ log_doubt(of_var('signal_type', 'signal_weights') ~ ' * ' ~ halved('age_days', 'half_life_days') ~ ' * confidence') }}) as log_doubt,
        max(case when {{ in_var('signal_type', 'hand_raisers') }} then 1 else 0 end) as has_raised_hand
    from standing
    where newness = 1 or family not in ('intent', 'product')
    group by day, company_id
),

spoken_against as (
    select
        day, company_id,
        sum(cast({{ of_var('inhibitor', 'inhibitor_points') }} * {{ halved(var('live_half_lives') ~ ' * age_days', 'lasts_days') }} as numeric(18, 12))) as points
    from (
        select
            d.day, {{ canonical('i.company_id', 'c') }} as company_id, i.inhibitor, i.lasts_days,
            {{ days_between('i.since', 'd.day') }} as age_days,
            row_number() over (partition by d.day, {{ canonical('i.company_id', 'c') }}, i.inhibitor order by i.since desc) as freshness
        from days as d
        inner join {{ ref('int_inhibitors') }} as i on i.dt <= d.day and i.since <= d.day and i.until > d.day
        {{ canonical_join('i.company_id', 'd.day', 'c') }}
    ) as against
    where freshness = 1
    group by day, company_id
),

scored as (
    select
        s.day, s.company_id, s.has_raised_hand,
        greatest(0, {{ score('100 * ' ~ at_least_one('s.log_doubt') ~ ' - cast(coalesce(a.points, 0) as ' ~ double_type() ~ ')') }}) as composite_score
    from spoken_for as s
    left join spoken_against as a on a.day = s.day and a.company_id = s.company_id
),

bought as (
    select d.day, {{ canonical('b.company_id', 'c') }} as company_id
    from days as d
    inner join {{ ref('int_customers') }} as b on b.dt <= d.day
    {{ canonical_join('b.company_id', 'd.day', 'c') }}
    group by d.day, {{ canonical('b.company_id', 'c') }}
),

population as (
    select day, company_id from counted
    union
    select d.day, {{ canonical('a.company_id', 'c') }} as company_id
    from days as d
    inner join {{ ref('int_accounts') }} as a on a.first_dt <= d.day
    {{ canonical_join('a.company_id', 'd.day', 'c') }}
)

select
    p.company_id,
    {%- for t in types %}
    cast(coalesce(k.{{ t }}_signals_7d, 0) as bigint) as {{ t }}_signals_7d,
    cast(coalesce(k.{{ t }}_signals_30d, 0) as bigint) as {{ t }}_signals_30d,
    cast(coalesce(k.{{ t }}_signals_90d, 0) as bigint) as {{ t }}_signals_90d,
    cast(k.days_since_{{ t }} as bigint) as days_since_{{ t }},
    {%- endfor %}
    {%- for f in families %}
    cast(coalesce(k.{{ f }}_velocity_30d, 0) as bigint) as {{ f }}_velocity_30d,
    cast(coalesce(k.{{ f }}_decayed, 0) as {{ double_type() }}) as {{ f }}_decayed,
    {%- endfor %}
    cast(coalesce(k.signals_30d, 0) as bigint) as signals_30d,
    cast(coalesce(k.signals_90d, 0) as bigint) as signals_90d,
    cast(coalesce(k.signals_30d - k.signals_30d_before, 0) as bigint) as signals_velocity_30d,
    cast(k.days_since_signal as bigint) as days_since_signal,
    cast(coalesce(k.families_90d, 0) as bigint) as families_90d,
    cast(k.funding_usd_365d as {{ double_type() }}) as funding_usd_365d,
    cast(coalesce(u.usage_events_7d, 0) as bigint) as usage_events_7d,
    cast(coalesce(u.usage_events_28d, 0) as bigint) as usage_events_28d,
    cast(coalesce(u.usage_events_28d - u.usage_events_28d_before, 0) as bigint) as usage_velocity_28d,
    cast(coalesce(u.volume_28d, 0) as bigint) as volume_28d,
    cast(coalesce(u.activations_28d, 0) as bigint) as activations_28d,
    cast(coalesce(u.active_users_28d, 0) as bigint) as active_users_28d,
    cast(i.intent_score as {{ double_type() }}) as intent_score,
    cast(i.profile_score as {{ double_type() }}) as profile_score,
    i.buying_stage as buying_stage_6sense,
    i.profile_fit as profile_fit_6sense,
    {%- for stage in stages %}
    cast(g.days_since_{{ stage | lower }}_6sense as bigint) as days_since_{{ stage | lower }}_6sense,
    {%- endfor %}
    cast(y.intent_score_30d as {{ double_type() }}) as intent_score_30d,
    cast(y.stage_level_30d_6sense as {{ double_type() }}) as stage_level_30d_6sense,
    cast(y.days_since_stage_fell_6sense as bigint) as days_since_stage_fell_6sense,
    cast(coalesce(o.open_deals, 0) as bigint) as open_deals,
    cast(o.days_since_deal_opened as bigint) as days_since_deal_opened,
    cast(o.days_since_deal_lost as bigint) as days_since_deal_lost,
    cast(coalesce(s.sends_30d, 0) as bigint) as sends_30d,
    cast(coalesce(s.sends_90d, 0) as bigint) as sends_90d,
    cast(s.days_since_send as bigint) as days_since_send,
    cast(coalesce(h.inhibitor_recent_loss, 0) as bigint) as inhibitor_recent_loss,
    cast(coalesce(h.inhibitor_insolvency, 0) as bigint) as inhibitor_insolvency,
    cast(coalesce(h.inhibitor_layoffs, 0) as bigint) as inhibitor_layoffs,
    cast(coalesce(r.composite_score, 0) as {{ double_type() }}) as composite_score,
    {{ readiness('r.composite_score', 'r.has_raised_hand') }} as readiness_stage,
    cast(case when b.company_id is null then 0 else 1 end as bigint) as is_customer,
    cast(f.employees as bigint) as employees,
    f.country,
    f.industry,
    t.signal_text,
    cast(p.day as date) as dt
from population as p
left join counted as k on k.day = p.day and k.company_id = p.company_id
left join used as u on u.day = p.day and u.company_id = p.company_id
left join intent_seen as i on i.day = p.day and i.company_id = p.company_id and i.seen_rank = 1
left join stages_seen as g on g.day = p.day and g.company_id = p.company_id
left join intent_history as y on y.day = p.day and y.company_id = p.company_id
left join deals as o on o.day = p.day and o.company_id = p.company_id
left join sent as s on s.day = p.day and s.company_id = p.company_id
left join inhibited as h on h.day = p.day and h.company_id = p.company_id
left join scored as r on r.day = p.day and r.company_id = p.company_id
left join bought as b on b.day = p.day and b.company_id = p.company_id
left join firm as f on f.day = p.day and f.company_id = p.company_id
left join told as t on t.day = p.day and t.company_id = p.company_id
