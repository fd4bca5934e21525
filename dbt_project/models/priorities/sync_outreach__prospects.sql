{{ config(contract={'enforced': true}) }}
{# Our values for each prospect to enrol today. The stage is the vendor's for a surge, ours otherwise; the message comes from activation. #}
with stages as (
    select company_id, readiness_stage from {{ ref('account_scores') }} where model = 'rule'
),

surging as (
    select id as signal_id, buying_stage from {{ ref('buying_signals') }}
)

select
    cast(o.outbox_id as {{ dbt.type_string() }}) as outbox_id,
    cast(o.person_id as {{ dbt.type_string() }}) as person_id,
    cast(o.company_id as {{ dbt.type_string() }}) as company_id,
    cast(o.email_key as {{ dbt.type_string() }}) as email_key,
    cast(o.prospect_id_outreach as bigint) as prospect_id_outreach,
    cast(o.company_name as {{ dbt.type_string() }}) as company_name,
    cast(o.signal_type as {{ dbt.type_string() }}) as signal_source,
    cast(coalesce(s.buying_stage, r.readiness_stage) as {{ dbt.type_string() }}) as signal_stage,
    cast(o.strength_score as bigint) as signal_score,
    cast(o.sequence_id as bigint) as sequence_id,
    cast(o.mailbox_id as bigint) as mailbox_id,
    cast(o.owner_id as {{ dbt.type_string() }}) as owner_id
from {{ ref('outbox') }} as o
left join surging as s on s.signal_id = o.signal_id
left join stages as r on r.company_id = o.company_id
where o.decision = 'send'
