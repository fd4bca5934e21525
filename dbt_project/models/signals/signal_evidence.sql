{{ config(tags=['mart']) }}
{# Forward only: every row stands from its dt on and never changes. Events bring their episode from identity; product signals and
   surges carry theirs in the row. The company is the one of that day: merges are folded by readers, never here. #}
with reported as (
    select
        e.event_id as evidence_id, l.episode_id, e.signal_type, l.company_id, e.dataset, e.record_key,
        cast(null as {{ dbt.type_string() }}) as user_id,
        e.person_record_id, e.mention_id, e.other_mention_id, e.other_company_name,
        {# a technology by its name; the episode's key holds the change too #}
        case when e.signal_type = 'technology_adoption' then coalesce(e.subject, l.subject) else coalesce(l.subject, e.subject) end
            as subject, e.modality, e.change_type, e.title, e.level, e.department,
        e.round_type, e.currency, e.amount_qualifier, e.investors, e.deal_stage, e.place, e.trigger_words,
        cast(null as {{ dbt.type_string() }}) as buying_stage, cast(null as {{ dbt.type_string() }}) as profile_fit,
        cast(null as {{ dbt.type_string() }}) as topic,
        e.accession, e.source_url, e.source_row, e.extractor, e.extractor_version, e.known_at_basis,
        e.confidence, cast(null as {{ double_type() }}) as measure,
        e.amount, e.amount_usd, e.offering_amount, e.valuation, e.span_start, e.span_end,
        e.effective_on, e.occurred_at, e.known_at,
        greatest(e.dt, l.dt) as dt
    from {{ ref('events') }} as e
    inner join {{ ref('episode_links') }} as l on l.event_id = e.event_id
),

product as (
    select evidence_id, episode_key, signal_type, dataset, user_id, subject, measure, occurred_at, known_at, dt
    from {{ ref('int_product_signups') }}
    union all
    select evidence_id, episode_key, signal_type, dataset, user_id, subject, measure, occurred_at, known_at, dt
    from {{ ref('int_feature_activations') }}
    union all
    select evidence_id, episode_key, signal_type, dataset, user_id, subject, measure, occurred_at, known_at, dt
    from {{ ref('int_usage_spikes') }}
    union all
    select evidence_id, episode_key, signal_type, dataset, user_id, subject, measure, occurred_at, known_at, dt
    from {{ ref('int_drop_offs') }}
),

used as (
    select
        p.evidence_id, p.episode_key as episode_id, p.signal_type,
        case when u.linked_dt <= p.dt then u.company_id end as company_id,
        p.dataset, u.record_key, p.user_id, u.person_record_id, p.subject, p.measure,
        cast(null as {{ dbt.type_string() }}) as buying_stage, cast(null as {{ dbt.type_string() }}) as profile_fit,
        cast(null as {{ dbt.type_string() }}) as topic,
        {{ dbt.concat(["'user '", 'p.user_id']) }} as source_row,
        'modified' as known_at_basis,
        p.occurred_at, p.known_at, p.dt
    from product as p
    inner join {{ ref('int_product_users') }} as u on u.user_id = p.user_id
),

intent as (
    select
        i.evidence_id, i.episode_key as episode_id, i.signal_type, i.company_id,
        i.dataset, i.record_key, cast(null as {{ dbt.type_string() }}) as user_id,
        cast(null as {{ dbt.type_string() }}) as person_record_id, i.subject, i.measure,
        i.buying_stage, i.profile_fit, i.product as topic,
        {{ dbt.concat(["'account score '", 'i.record_key']) }} as source_row,
        'pulled' as known_at_basis,
        i.occurred_at, i.known_at, i.dt
    from {{ ref('int_intent_surges') }} as i
),

{# what we see for ourselves has no document behind it #}
seen as (
    select * from used
    union all
    select * from intent
),

joined as (
    select * from reported
    union all
    select
        evidence_id, episode_id, signal_type, company_id, dataset, record_key, user_id, person_record_id,
        cast(null as {{ dbt.type_string() }}) as mention_id, cast(null as {{ dbt.type_string() }}) as other_mention_id,
        cast(null as {{ dbt.type_string() }}) as other_company_name,
        subject, 'done' as modality, cast(null as {{ dbt.type_string() }}) as change_type,
        cast(null as {{ dbt.type_string() }}) as title, cast(null as {{ dbt.type_string() }}) as level,
        cast(null as {{ dbt.type_string() }}) as department, cast(null as {{ dbt.type_string() }}) as round_type,
        cast(null as {{ dbt.type_string() }}) as currency, cast(null as {{ dbt.type_string() }}) as amount_qualifier,
        cast(null as {{ dbt.type_string() }}) as investors, cast(null as {{ dbt.type_string() }}) as deal_stage,
        cast(null as {{ dbt.type_string() }}) as place, cast(null as {{ dbt.type_string() }}) as trigger_words,
        buying_stage, profile_fit, topic, cast(null as {{ dbt.type_string() }}) as accession,
        cast(null as {{ dbt.type_string() }}) as source_url, source_row,
        cast(null as {{ dbt.type_string() }}) as extractor, cast(null as {{ dbt.type_string() }}) as extractor_version,
        known_at_basis, cast(null as {{ double_type() }}) as confidence, measure,
        cast(null as numeric(18, 2)) as amount, cast(null as numeric(18, 2)) as amount_usd,
        cast(null as numeric(18, 2)) as offering_amount, cast(null as numeric(18, 2)) as valuation,
        cast(null as bigint) as span_start, cast(null as bigint) as span_end,
        cast(null as date) as effective_on, occurred_at, known_at, dt
    from seen
),

ordered as (
    select
        j.*,
        row_number() over (partition by j.episode_id order by j.dt, j.known_at nulls last, j.evidence_id) as report_number
    from joined as j
    where j.dt <= {{ to_day() }}
)

select
    evidence_id, {{ uuid_text('episode_id') }} as signal_id, episode_id, signal_type, company_id, dataset, record_key,
    user_id, person_record_id, mention_id, other_mention_id, other_company_name, subject, modality, change_type, title,
    level, department, round_type, currency, amount_qualifier, investors, deal_stage, place, trigger_words,
    buying_stage, profile_fit, topic, accession, source_url, source_row, extractor, extractor_version, known_at_basis,
    confidence, measure, amount, amount_usd, offering_amount, valuation, span_start, span_end, report_number,
    report_number = 1 as is_first,
    effective_on, occurred_at, known_at,
    dt
from ordered
