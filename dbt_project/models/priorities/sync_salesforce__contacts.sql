{{ config(contract={'enforced': true}) }}
{# Our values for each contact to touch today. Names and addresses are not here: activation takes them from facts.people by person_id. #}
with technologies as (
    select company_id, {{ list_text('subject', ', ', 'subject') }} as tech_stack
    from (
        select distinct company_id, subject from {{ ref('buying_signals') }}
        where signal_type = 'technology_adoption' and subject is not null and coalesce(modality, 'done') <> 'rumour'
    ) as t
    group by company_id
)

select
    cast(o.outbox_id as {{ dbt.type_string() }}) as outbox_id,
    cast(o.person_id as {{ dbt.type_string() }}) as person_id,
    cast(o.person_id as {{ dbt.type_string() }}) as signal_key,
    cast(o.company_id as {{ dbt.type_string() }}) as company_id,
    cast(o.email_key as {{ dbt.type_string() }}) as email_key,
    cast(o.account_id_salesforce as {{ dbt.type_string() }}) as account_id_salesforce,
    cast(o.contact_id_salesforce as {{ dbt.type_string() }}) as contact_id_salesforce,
    cast(o.lead_id_salesforce as {{ dbt.type_string() }}) as lead_id_salesforce,
    cast(o.owner_id as {{ dbt.type_string() }}) as owner_id,
    cast(o.signal_type as {{ dbt.type_string() }}) as signal_source,
    cast(o.strength_score as {{ double_type() }}) as signal_strength,
    cast(case when t.family in ('intent', 'product') then null else o.why end as {{ dbt.type_string() }}) as company_news,
    cast(g.tech_stack as {{ dbt.type_string() }}) as tech_stack
from {{ ref('outbox') }} as o
inner join {{ ref('signal_types') }} as t on t.signal_type = o.signal_type
left join technologies as g on g.company_id = o.company_id
where o.decision = 'send'
