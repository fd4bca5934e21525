{{ config(tags=['mart']) }}
{# What is watched, from the `monitoring_config` seed; a domain becomes a company once we know it. #}
select
    {{ uuid_text(key(["'signal_monitoring_config'", 'm.config_id'])) }} as id,
    {{ text_literal(var('tenant')) }} as org_id,
    c.company_id, m.company_domain,
    m.signal_type as signal_types,
    m.monitoring_active, m.scan_frequency, m.min_relevance_score, m.min_confidence_score,
    m.notification_channel as notification_channels,
    cast(null as {{ dbt.type_string() }}) as notification_recipients
from {{ ref('monitoring_config') }} as m
left join {{ ref('companies') }} as c on c.domain = m.company_domain
