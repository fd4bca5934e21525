{{ config(tags=['mart']) }}
{# What came of activations. A meeting or an opportunity belongs to the last activation before it, of the person where the record
   names one, else of the company, within the attribution window of its metric; what no activation preceded stands here without one.
   So nothing is counted twice, and nothing is lost. #}
{% set text = dbt.type_string() %}
with activations as (
    select * from {{ ref('fct_activation') }}
),

windows as (
    select metric, attribution_days from {{ ref('metric_definitions') }}
),

accounts as (
    select account_id_salesforce, min(company_id) as company_id
    from {{ ref('company_mentions') }}
    where account_id_salesforce is not null and role = 'subject'
    group by account_id_salesforce
),

persons as (
    select value as record_id, min(person_id) as person_id
    from {{ ref('int_contact_keys') }}
    where kind in ('contact', 'lead')
    group by value
),

records as (
    select
        'meeting' as outcome, 'meeting' as metric, m.meeting_id as record_id, a.company_id, p.person_id,
        m.created_at as occurred_at, m.is_accepted, cast(null as numeric(18, 2)) as amount, m.status
    from {{ ref('stg_salesforce__meetings') }} as m
    left join accounts as a on a.account_id_salesforce = m.account_id
    left join persons as p on p.record_id = m.contact_id
    where lower(coalesce(m.status, '')) not in ('canceled', 'cancelled') and m.created_at is not null
    union all
    select
        'opportunity', 'pipeline', o.opportunity_id, a.company_id, cast(null as {{ text }}),
        o.created_at, cast(null as boolean), cast(o.amount as numeric(18, 2)), o.stage_name
    from {{ ref('stg_salesforce__opportunities') }} as o
    left join accounts as a on a.account_id_salesforce = o.account_id
    where o.created_at is not null
    union all
    select
        'won', 'pipeline', o.opportunity_id, a.company_id, cast(null as {{ text }}),
        o.created_at, cast(null as boolean), cast(o.amount as numeric(18, 2)), o.stage_name
    from {{ ref('stg_salesforce__opportunities') }} as o
    left join accounts as a on a.account_id_salesforce = o.account_id
    where o.is_won and o.created_at is not null
),

preceded as (
    select
        r.outcome, r.record_id, c.activation_id,
        row_number() over (
            partition by r.outcome, r.record_id
            order by case when c.person_id = r.person_id then 0 else 1 end, c.activated_at desc, c.activation_id
        ) as closeness
    from records as r
    inner join windows as w on w.metric = r.metric
    inner join activations as c
        on (c.person_id = r.person_id or c.company_id = r.company_id)
        and c.activated_at <= r.occurred_at
        and {{ days_between('c.activated_at', 'r.occurred_at') }} <= w.attribution_days
),

answers as (
    select activation_id, company_id, person_id, 'reply' as outcome, replied_at as occurred_at from activations where replied_at >= activated_at
    union all
    select activation_id, company_id, person_id, 'bounce', bounced_at from activations where bounced_at is not null
    union all
    select activation_id, company_id, person_id, 'opt_out', opted_out_at from activations where opted_out_at is not null
),

joined as (
    select
        outcome, activation_id as record_id, activation_id, company_id, person_id, occurred_at,
        cast(null as boolean) as is_accepted, cast(null as numeric(18, 2)) as amount, cast(null as {{ text }}) as status
    from answers
    union all
    select
        r.outcome, r.record_id, p.activation_id, r.company_id, r.person_id, r.occurred_at, r.is_accepted, r.amount, r.status
    from records as r
    left join preceded as p on p.outcome = r.outcome and p.record_id = r.record_id and p.closeness = 1
)

select
    {{ key(['j.outcome', 'j.record_id']) }} as outcome_id,
    j.outcome, j.record_id, j.activation_id, j.company_id, j.person_id,
    a.team, a.signal_source, a.signal_id, a.is_probe, a.account_unit, a.activated_on,
    j.is_accepted, j.status, j.amount,
    j.occurred_at
from joined as j
left join activations as a on a.activation_id = j.activation_id
