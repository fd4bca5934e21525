{{ config(tags=['mart']) }}
{# Every enrolment of a person in a sequence: ours, by the ledger, and the former team's, by the sequencer.
   One sequence state is one activation, whoever tells of it. The signal of ours is in the ledger; the former team's stands in the
   prospect's custom1 while we never wrote it, else in the name of the sequence where only one signal type uses that name. #}
{% set text = dbt.type_string() %}
with ours as (
    select
        s.effect_id, s.vendor_id, s.person_id, {{ canonical('s.company_id', 'm') }} as company_id,
        s.signal_id, s.signal_type, coalesce(s.is_probe, false) as is_probe, coalesce(s.sent_at, s.confirmed_at) as activated_at
    from {{ ref('sends') }} as s
    {{ canonical_join('s.company_id', to_day(), 'm') }}
    where s.object = 'sequence_state' and s.status in ('sent', 'confirmed')
),

states as (
    select * from {{ ref('stg_outreach__sequence_states') }}
),

written as (
    select distinct vendor_id from {{ ref('sends') }}
    where object = 'prospect' and status in ('sent', 'confirmed') and vendor_id is not null
),

mailings as (
    select
        sequence_state_id,
        min(delivered_at) as delivered_at, min(replied_at) as replied_at, min(bounced_at) as bounced_at,
        min(unsubscribed_at) as unsubscribed_at
    from {{ ref('stg_outreach__mailings') }}
    where sequence_state_id is not null
    group by sequence_state_id
),

named as (
    select sequence as name, min(signal_type) as signal_type
    from {{ ref('signal_types') }}
    group by sequence
    having count(*) = 1
),

persons as (
    select value as prospect_id, min(person_id) as person_id
    from {{ ref('int_contact_keys') }}
    where kind = 'prospect'
    group by value
),

merged as (
    select
        st.sequence_state_id, o.effect_id,
        cast(case when o.effect_id is null then 'former' else 'ours' end as {{ text }}) as team,
        coalesce(o.person_id, p.person_id) as person_id,
        coalesce(o.company_id, h.company_id) as company_id,
        o.signal_id,
        coalesce(o.signal_type, t.signal_type, n.signal_type, 'unknown') as signal_source,
        q.name as sequence_name,
        coalesce(o.is_probe, false) as is_probe,
        coalesce(o.activated_at, st.created_at) as activated_at,
        m.delivered_at,
        case when st.replied_at < m.replied_at or m.replied_at is null then st.replied_at else m.replied_at end as replied_at,
        case when m.bounced_at is not null then m.bounced_at when st.state = 'bounced' then st.state_changed_at end as bounced_at,
        case when m.unsubscribed_at is not null then m.unsubscribed_at when st.state = 'opted_out' then st.state_changed_at end as opted_out_at
    from states as st
    left join ours as o on o.vendor_id = cast(st.sequence_state_id as {{ text }})
    left join persons as p on p.prospect_id = cast(st.prospect_id as {{ text }})
    left join {{ ref('people') }} as h on h.person_id = p.person_id
    left join {{ ref('stg_outreach__prospects') }} as r on r.prospect_id = st.prospect_id
    left join written as w on w.vendor_id = cast(st.prospect_id as {{ text }})
    left join {{ ref('signal_types') }} as t
        on w.vendor_id is null and t.signal_type = replace(lower(trim(r.signal_source)), '6sense_', '')
    left join {{ ref('stg_outreach__sequences') }} as q on q.sequence_id = st.sequence_id
    left join named as n on n.name = q.name
    left join mailings as m on m.sequence_state_id = st.sequence_state_id
    union all
    {# enrolled after this morning's pull: the sequencer's own words come tomorrow #}
    select
        cast(null as bigint), o.effect_id, 'ours', o.person_id, o.company_id, o.signal_id, o.signal_type, cast(null as {{ text }}), o.is_probe,
        o.activated_at, cast(null as timestamp), cast(null as timestamp), cast(null as timestamp), cast(null as timestamp)
    from ours as o
    left join states as st on cast(st.sequence_state_id as {{ text }}) = o.vendor_id
    where st.sequence_state_id is null
)

select
    case when sequence_state_id is not null then {{ key(["'sequence_state'", 'sequence_state_id']) }}
        else {{ key(["'effect'", 'effect_id']) }} end as activation_id,
    sequence_state_id, effect_id, person_id, company_id, signal_id,
    coalesce(company_id, person_id, 'state ' || cast(sequence_state_id as {{ text }})) as account_unit,
    team, signal_source, sequence_name, is_probe,
    activated_at, delivered_at, replied_at, bounced_at, opted_out_at,
    cast(activated_at as date) as activated_on
from merged
where activated_at is not null
