{{ config(tags=['mart']) }}
{# One row per action on a signal that the ledger, the sequencer or the CRM shows. Nobody is contacted by a record that we write: only by a
   message that reached somebody. A meeting counts for the signal that was last acted on at its company before it was made. #}
{% set text = dbt.type_string() %}
with effects as (
    select effect_id, signal_id, company_id, vendor_id, destination, object, coalesce(confirmed_at, sent_at) as done_at, dt
    from {{ ref('stg_ops__sends') }}
    where status in ('sent', 'confirmed') and signal_id is not null and object in ('sequence_state', 'alert')
        and not coalesce(dt_planned >= {{ to_day() }}, false) -- a day run again says the same
),

acted as (
    select
        effect_id as action_key, signal_id, cast(null as {{ text }}) as user_id,
        case when object = 'alert' then 'escalated' else 'added_to_campaign' end as action_type,
        {{ json_of([['destination', 'destination'], ['object', 'object']]) }} as action_data,
        cast(null as {{ text }}) as outcome, cast(null as {{ text }}) as notes,
        done_at as taken_at, dt
    from effects
),

contacted as (
    select
        cast(m.mailing_id as {{ text }}) as action_key, e.signal_id, cast(null as {{ text }}) as user_id, 'contacted' as action_type,
        {{ json_of([['mailing_id', 'm.mailing_id']]) }} as action_data,
        case
            when m.replied_at is not null then 'replied' when m.unsubscribed_at is not null then 'unsubscribed'
            when m.bounced_at is not null then 'bounced'
        end as outcome,
        cast(null as {{ text }}) as notes,
        m.delivered_at as taken_at, m.dt
    from {{ ref('stg_outreach__mailings') }} as m
    inner join effects as e on e.object = 'sequence_state' and e.vendor_id = cast(m.sequence_state_id as {{ text }})
    where m.delivered_at is not null
),

meetings as (
    select
        t.meeting_id, e.signal_id, t.owner_id, t.status, coalesce(t.created_at, t.starts_at) as made_at, t.dt,
        row_number() over (partition by t.meeting_id order by e.done_at desc nulls last, e.effect_id) as effect_rank
    from {{ ref('stg_salesforce__meetings') }} as t
    inner join {{ ref('company_mentions') }} as m
        on m.dataset = 'salesforce__accounts' and m.role = 'subject' and m.account_id_salesforce = t.account_id
    inner join effects as e on e.company_id = m.company_id and e.done_at <= coalesce(t.created_at, t.starts_at)
),

met as (
    select
        meeting_id as action_key, signal_id, owner_id as user_id, 'scheduled_meeting' as action_type,
        {{ json_of([['meeting_id', 'meeting_id']]) }} as action_data,
        status as outcome, cast(null as {{ text }}) as notes,
        made_at as taken_at, dt
    from meetings
    where effect_rank = 1
),

actions as (
    select * from acted
    union all
    select * from contacted
    union all
    select * from met
)

select
    {{ uuid_text(key(["'signal_actions'", 'action_type', 'action_key'])) }} as id,
    signal_id, user_id, action_type, action_data, outcome, notes, taken_at, dt
from actions
