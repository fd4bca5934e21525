{{ config(tags=['mart']) }}
{# What somebody should hear of now: one alert per rule, episode and channel. A product signal on an open deal is suppressed for
   outreach; here it goes to the owner of that deal, instead of being lost. The key is the same every day, so that delivery is once;
   signals of the last three days are told, so that a day without a run loses none and a history load does not shout. #}
with fresh as (
    select * from {{ ref('int_live_signals') }}
    where company_id is not null and {{ days_between('dt', to_day()) }} between 0 and 2
),

rules as (
    select * from {{ ref('alert_rules') }} where is_active
),

scores as (
    select company_id, composite_score from {{ ref('account_scores') }} where model = 'rule' and status = 'scored'
),

said as (
    select signal_id, company_id, min(reason) as why from {{ ref('account_score_reasons') }}
    where model = 'rule' and signal_id is not null
    group by signal_id, company_id
),

deals as (
    select
        m.company_id, o.opportunity_id, o.name, o.stage_name, o.owner_id,
        row_number() over (partition by m.company_id order by o.created_at desc nulls last, o.opportunity_id) as deal_rank
    from {{ ref('stg_salesforce__opportunities') }} as o
    inner join (
        select distinct company_id, account_id_salesforce from {{ ref('company_mentions') }} where account_id_salesforce is not null
    ) as m on m.account_id_salesforce = o.account_id
    where not coalesce(o.is_closed, false)
)

select
    {{ key(['r.rule', 'r.channel', 'f.signal_id']) }} as alert_key,
    r.rule, r.kind, r.priority, r.channel, r.sla_hours,
    f.signal_id, f.signal_type, f.company_id, e.name as company_name, e.domain,
    {# two rules may speak of one signal in one channel: the first words say why this one does #}
    {{ dbt.concat([
        "upper(substr(r.kind, 1, 1))", "replace(substr(r.kind, 2), '_', ' ')", "' · '",
        "coalesce(e.name, e.domain, 'A company without a name')", "': '", "replace(f.signal_type, '_', ' ')",
    ]) }} as title,
    {{ dbt.concat([
        "coalesce(w.why, replace(f.signal_type, '_', ' '))",
        "'. Strength '", "cast(f.strength_score as " ~ dbt.type_string() ~ ")",
        "case when s.composite_score is null then '' else ', score ' || cast(cast(round(cast(s.composite_score as numeric(18, 4)), 0) as bigint) as " ~ dbt.type_string() ~ ") end",
        "case when d.opportunity_id is null then '.' else '. Open deal: ' || coalesce(d.name, d.opportunity_id) || ', ' || coalesce(d.stage_name, 'stage unknown') || '.' end",
        "case when e.domain is null then '' else ' Company: ' || e.domain || '.' end",
        "' Answer within ' || cast(r.sla_hours as " ~ dbt.type_string() ~ ") || ' h.'",
    ]) }} as body,
    coalesce(d.owner_id, e.owner_id) as owner_id,
    f.dt
from fresh as f
inner join rules as r
    on (r.signal_types = 'any' or '|' || r.signal_types || '|' like '%|' || f.signal_type || '|%')
inner join {{ ref('account_eligibility') }} as e on e.company_id = f.company_id
left join scores as s on s.company_id = f.company_id
left join said as w on w.signal_id = f.signal_id and w.company_id = f.company_id
left join deals as d on d.company_id = f.company_id and d.deal_rank = 1
where not e.is_competitor and not e.is_own_domain
    and f.strength_score >= r.min_strength
    and coalesce(s.composite_score, 0) >= r.min_score
    and (d.opportunity_id is not null or not r.needs_open_deal)
