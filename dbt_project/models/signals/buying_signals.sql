{{ config(tags=['mart']) }}
{# One row per episode, its latest state as of the run's day. Nothing here comes from a clock: created and updated are the first and
   last dt of the evidence, processed follows from the ledger. #}
with signals as (
    select * from {{ ref('int_signal_state') }}
),

bands as (
    select band, at_least, lead(at_least) over (order by at_least) as below
    from {{ ref('strength_bands') }}
),

successors as (
    select
        signal_id,
        lead(signal_id) over (partition by company_id, signal_type, user_id order by occurred_at nulls last, signal_id) as superseded_by
    from signals
    where family in ('intent', 'product') and (company_id is not null or user_id is not null)
)

select
    s.signal_id as id,
    s.signal_id,
    s.episode_id, s.company_id, s.signal_type, s.family,
    b.band as signal_strength,
    {{ json_of([
        ['subject', 's.subject'], ['round_type', 's.round_type'], ['amount', 's.amount'], ['currency', 's.currency'],
        ['amount_usd', 's.amount_usd'], ['offering_amount', 's.offering_amount'], ['amount_qualifier', 's.amount_qualifier'],
        ['title', 's.title'], ['level', 's.level'], ['department', 's.department'], ['change_type', 's.change_type'],
        ['effective_on', 's.effective_on'], ['other_company', 's.other_company_name'], ['deal_stage', 's.deal_stage'],
        ['place', 's.place'], ['buying_stage', 's.buying_stage'], ['profile_fit', 's.profile_fit'], ['topic', 's.topic'],
        ['measure', 'cast(s.measure as numeric(18, 4))'],
    ]) }} as signal_data,
    {{ json_of([
        ['reports', 's.reports'], ['datasets', 's.datasets'], ['record_key', 's.record_key'], ['dataset', 's.dataset'],
        ['known_at_basis', 's.known_at_basis'], ['trigger', 's.trigger_words'],
    ]) }} as metadata,
    cast(p.relevance_score as bigint) as relevance_score,
    cast(p.urgency_score as bigint) as urgency_score,
    cast(p.impact_score as bigint) as impact_score,
    cast(p.confidence_score as bigint) as confidence_score,
    cast(p.strength_score as bigint) as strength_score,
    s.source, s.source_url, s.source_date,
    e.signal_id is not null as processed,
    e.processed_at,
    case
        when e.first_destination is null then null
        when e.first_destination = e.last_destination then {{ dbt.concat(["'sent to '", 'e.first_destination']) }}
        else {{ dbt.concat(["'sent to '", 'e.first_destination', "' and '", 'e.last_destination']) }}
    end as processing_notes,
    s.modality, n.superseded_by, s.user_id, s.person_record_id, s.accession, s.source_row, q.quote,
    s.subject, s.measure, s.amount, s.amount_usd, s.currency, s.buying_stage, s.profile_fit, s.age_days,
    s.occurred_at, s.known_at,
    cast(s.first_dt as timestamp) as detected_at,
    cast(s.first_dt as timestamp) as created_at,
    cast(s.last_dt as timestamp) as updated_at,
    s.first_dt as dt
from signals as s
inner join {{ ref('int_signal_scores') }} as p on p.signal_id = s.signal_id
inner join bands as b on b.at_least <= p.strength_score and (b.below is null or p.strength_score < b.below)
left join successors as n on n.signal_id = s.signal_id
left join {{ ref('int_signal_effects') }} as e on e.signal_id = s.signal_id
left join {{ ref('int_signal_quotes') }} as q on q.signal_id = s.signal_id
