{{ config(tags=['mart']) }}
{# Why each score is what it is. The points of a signal's score add up to it exactly: the scores are their sums. #}
with signals as (
    select * from {{ ref('int_signal_state') }}
),

facts as (
    select * from {{ ref('int_account_facts') }}
),

{# three joins by equality: one join with OR made every pair of signal and rule #}
cases as (
    select
        s.signal_id,
        coalesce(f.size_case, 'unknown') as size_case,
        coalesce(f.country_case, 'unknown') as country_case,
        coalesce(f.industry_case, 'unknown') as industry_case
    from signals as s
    left join facts as f on f.company_id = s.company_id
),

fit as (
    {%- for part in ['size', 'country', 'industry'] %}
    select c.signal_id, r.part as rule, r.reason, r.points
    from cases as c
    inner join {{ ref('relevance_rules') }} as r on r.part = '{{ part }}' and r.case_of = c.{{ part }}_case
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

fits as (
    select signal_id, sum(points) as fit_points from fit group by signal_id
),

topic as (
    select
        s.signal_id, 'topic' as rule, t.reason,
        cast({{ score('f.fit_points * t.match_percent * 0.01', 0) }} as bigint) - f.fit_points as points
    from signals as s
    inner join fits as f on f.signal_id = s.signal_id
    inner join {{ ref('topic_match') }} as t on t.signal_type = s.signal_type
),

urgency as (
    select
        signal_id, age_days, half_life_days,
        cast({{ score('100 * ' ~ decay('age_days', 'half_life_days'), 0) }} as bigint) as urgency_score
    from signals
),

scale as (
    select s.signal_id, max(i.impact) as scaled
    from signals as s
    inner join {{ ref('impact_scale') }} as i
        on i.signal_type = s.signal_type
        and (
            (i.measure = 'amount_usd' and s.amount_usd >= i.at_least)
            or (i.measure = 'measure' and s.measure >= i.at_least)
            or (i.measure = 'level' and s.level = i.is_value)
        )
    group by s.signal_id
),

reasons as (
    select signal_id, 'relevance' as score, rule, reason, points from fit
    union all
    select signal_id, 'relevance' as score, rule, reason, points from topic
    union all
    select signal_id, 'urgency' as score, 'base' as rule, 'Urgent when it happens' as reason, 100 as points from urgency
    union all
    select
        signal_id, 'urgency' as score, 'age' as rule,
        {{ dbt.concat(['cast(age_days as ' ~ dbt.type_string() ~ ')', "' days ago, halves every '", 'cast(half_life_days as ' ~ dbt.type_string() ~ ')', "' days'"]) }} as reason,
        urgency_score - 100 as points
    from urgency
    union all
    select signal_id, 'impact' as score, 'base' as rule, 'Usual impact of this type' as reason, base_impact as points from signals
    union all
    select
        s.signal_id, 'impact' as score, 'magnitude' as rule, 'Magnitude on the fixed scale' as reason, c.scaled - s.base_impact as points
    from signals as s
    inner join scale as c on c.signal_id = s.signal_id
    union all
    select signal_id, 'confidence' as score, rule, reason, points from {{ ref('int_confidence_reasons') }}
    union all
    select signal_id, 'strength' as score, rule, reason, points from {{ ref('int_strength_reasons') }}
)

select
    {{ key(['signal_id', 'score', 'rule']) }} as reason_id,
    signal_id, score, rule, reason,
    cast(points as bigint) as points,
    row_number() over (partition by signal_id, score order by abs(points) desc, rule) as reason_position
from reasons
