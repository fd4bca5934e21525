{{ config(tags=['mart']) }}
{# Every metric, long: numerator, denominator, value with its Wilson interval, target, and whether anything can be decided yet.
   A metric without trials has a row too: 0 of 0, not decidable. `period` says over which days it was measured. #}
{% set z = 1.959964 %}
with definitions as (
    select * from {{ ref('metric_definitions') }}
),

counted as (
    select metric, segment, sum(is_success) as numerator, count(*) as denominator
    from {{ ref('int_trials') }}
    group by metric, segment
),

rated as (
    select
        d.metric, coalesce(c.segment, 'all') as segment,
        cast(coalesce(c.numerator, 0) as bigint) as numerator,
        cast(coalesce(c.denominator, 0) as bigint) as denominator
    from definitions as d
    left join counted as c on c.metric = d.metric
    where d.metric <> 'holdout_uplift'
),

ranged as (
    select
        r.*,
        {{ ratio('r.numerator', 'r.denominator') }} as share,
        {{ wilson_low('r.numerator', 'r.denominator', z) }} as share_low,
        {{ wilson_high('r.numerator', 'r.denominator', z) }} as share_high
    from rated as r
),

arms as (
    select
        max(case when arm = 'treated' then accounts else 0 end) as treated, max(case when arm = 'treated' then with_opportunity else 0 end) as treated_with,
        max(case when arm = 'held_out' then accounts else 0 end) as held, max(case when arm = 'held_out' then with_opportunity else 0 end) as held_with
    from {{ ref('int_arm_rates') }}
),

uplift as (
    {# the difference of two shares: Newcombe's interval from the two Wilson intervals #}
    select
        'holdout_uplift' as metric, 'all' as segment,
        cast(coalesce(treated_with, 0) as bigint) as numerator,
        cast(case when coalesce(held, 0) = 0 or coalesce(treated, 0) = 0 then 0 when held < treated then held else treated end as bigint) as denominator,
        t1 - t2 as share,
        (t1 - t2) - sqrt(power(t1 - l1, 2) + power(u2 - t2, 2)) as share_low,
        (t1 - t2) + sqrt(power(u1 - t1, 2) + power(t2 - l2, 2)) as share_high
    from (
        select
            a.*,
            {{ ratio('treated_with', 'treated') }} as t1, {{ ratio('held_with', 'held') }} as t2,
            {{ wilson_low('treated_with', 'treated', z) }} as l1, {{ wilson_high('treated_with', 'treated', z) }} as u1,
            {{ wilson_low('held_with', 'held', z) }} as l2, {{ wilson_high('held_with', 'held', z) }} as u2
        from arms as a
    ) as two
),

joined as (
    select metric, segment, numerator, denominator, share, share_low, share_high from ranged
    union all
    select metric, segment, numerator, denominator, share, share_low, share_high from uplift
),

scaled as (
    select
        j.metric, j.segment, j.numerator, j.denominator,
        case when j.metric = 'suppression_regret' then 1000.0 else 1.0 end as unit,
        j.share, j.share_low, j.share_high
    from joined as j
),

valued as (
    select
        metric, segment, numerator, denominator,
        {{ score('share * unit', 6) }} as value, {{ score('share_low * unit', 6) }} as low, {{ score('share_high * unit', 6) }} as high
    from scaled
)

select
    {{ key(['v.metric', 'v.segment']) }} as metric_value_id,
    v.metric, d.title, d.grain, v.segment,
    {{ dbt.concat(["'last '", "cast(d.window_days as " ~ dbt.type_string() ~ ")", "' days, at least '", "cast(d.mature_days as " ~ dbt.type_string() ~ ")", "' days old'"]) }} as period,
    v.numerator, v.denominator, v.value, v.low, v.high,
    d.target, d.better,
    cast(v.denominator >= d.min_n and (v.low > d.target or v.high < d.target) as boolean) as decidable,
    case
        when v.denominator = 0 then 'no trials yet'
        when v.denominator < d.min_n then 'not yet decidable: too few trials'
        when v.low > d.target then case when d.better = 'higher' then 'better than the target' else 'worse than the target' end
        when v.high < d.target then case when d.better = 'higher' then 'worse than the target' else 'better than the target' end
        else 'not yet decidable: the interval holds the target'
    end as verdict,
    d.cadence, d.how_to_read,
    {{ to_day() }} as dt
from valued as v
inner join definitions as d on d.metric = v.metric
