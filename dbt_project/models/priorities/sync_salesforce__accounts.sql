{{ config(contract={'enforced': true}) }}
{# Our values for each account to touch today, by the names of `field_map`; activation reads the live record and decides what changes. #}
with sends as (
    select distinct company_id from {{ ref('outbox') }} where decision = 'send'
),

vendor as (
    select
        s.domain, s.buying_stage, s.intent_score, s.profile_fit, s.product,
        row_number() over (partition by s.domain order by s.intent_score desc nulls last, s.record_key) as score_rank
    from {{ ref('stg_sixsense__account_scores') }} as s
    where lower(s.product) = {{ text_literal(var('intent_product') | lower) }} and s.domain is not null
),

segments as (
    select domain, {{ list_text('segment_name', ';', 'segment_name') }} as segments
    from (select distinct domain, segment_name from {{ ref('stg_sixsense__segment_members') }} where segment_name is not null) as d
    group by domain
),

surges as (
    select company_id, max(cast(occurred_at as date)) as last_surge_on
    from {{ ref('buying_signals') }}
    where signal_type = 'intent_surge'
    group by company_id
)

select
    cast(s.company_id as {{ dbt.type_string() }}) as company_id,
    cast(s.company_id as {{ dbt.type_string() }}) as signal_key,
    cast(e.account_id_salesforce as {{ dbt.type_string() }}) as account_id_salesforce,
    cast(e.name as {{ dbt.type_string() }}) as name,
    cast(e.domain as {{ dbt.type_string() }}) as website,
    cast(e.domain as {{ dbt.type_string() }}) as domain,
    cast(e.industry as {{ dbt.type_string() }}) as industry,
    cast(e.employees as bigint) as employees,
    cast(e.country as {{ dbt.type_string() }}) as country,
    cast(e.owner_id as {{ dbt.type_string() }}) as owner_id,
    cast(v.buying_stage as {{ dbt.type_string() }}) as buying_stage,
    cast(v.intent_score as {{ double_type() }}) as intent_score,
    cast(v.profile_fit as {{ dbt.type_string() }}) as profile_fit,
    cast(v.product as {{ dbt.type_string() }}) as intent_topic,
    cast(g.segments as {{ dbt.type_string() }}) as segments,
    cast(u.last_surge_on as date) as last_surge_on
from sends as s
inner join {{ ref('account_eligibility') }} as e on e.company_id = s.company_id
left join vendor as v on v.domain = e.domain and v.score_rank = 1
left join segments as g on g.domain = e.domain
left join surges as u on u.company_id = s.company_id
