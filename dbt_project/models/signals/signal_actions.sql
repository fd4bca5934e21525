{{ config(tags=['mart']) }}
{# One row per action on a signal that the ledger, the sequencer or the CRM shows. A meeting counts for the signal that was last sent
   to its person or company before it was made. #}
with effects as (
    select effect_id, signal_id, company_id, destination, object, coalesce(confirmed_at, sent_at) as done_at, dt
    from {{ ref('stg_ops__sends') }}
    where status in ('sent', 'confirmed') and signal_id is not null
        and not coalesce(dt_planned >= {{ to_day() }}, false) -- a day run again says the same
),

contacted as (
    select
        effect_id as action_key, signal_id, cast(null as {{ dbt.type_string() }}) as user_id,
        case when object = 'sequence_state' then 'added_to_campaign' when destination in ('slack', 'in_app') then 'escalated' else 'contacted' end as action_type,
        {{ json_of([['destination', 'destination'], ['object', 'object']]) }} as action_data,
        cast(null as {{ dbt.type_string() }}) as outcome, cast(null as {{ dbt.type_string() }}) as notes,
        done_at as taken_at, dt
    from effects
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
        status as outcome, cast(null as {{ dbt.type_string() }}) as notes,
        made_at as taken_at, dt
    from meetings
    where effect_rank = 1
),

actions as (
    select * from contacted
    union all
    select * from met
)

select
    {{ uuid_text(key(["'signal_actions'", 'action_type', 'action_key'])) }} as id,
    signal_id, user_id, action_type, action_data, outcome, notes, taken_at, dt
from actions
