{# When each person was last touched, by us or by anybody who uses the sequencer. `basis` says what the touch was. #}
with keys as (
    select * from {{ ref('int_contact_keys') }}
),

touched as (
    select cast(prospect_id as {{ dbt.type_string() }}) as value, 'prospect' as kind, touched_at as touched_at, 'touch' as basis
    from {{ ref('stg_outreach__prospects') }} where touched_at is not null
    union all
    select cast(prospect_id as {{ dbt.type_string() }}) as value, 'prospect' as kind, delivered_at as touched_at, 'mailing' as basis
    from {{ ref('stg_outreach__mailings') }} where delivered_at is not null
    union all
    select cast(prospect_id as {{ dbt.type_string() }}) as value, 'prospect' as kind, created_at as touched_at, 'sequence' as basis
    from {{ ref('stg_outreach__sequence_states') }} where created_at is not null
),

by_person as (
    select k.person_id, t.touched_at, t.basis
    from touched as t
    inner join keys as k on k.kind = t.kind and k.value = t.value
    union all
    {# our own ledger: an enrolment that was sent counts, though no answer said that it stands #}
    select person_id, coalesce(sent_at, confirmed_at) as touched_at, 'send' as basis
    from {{ ref('stg_ops__sends') }}
    where person_id is not null and object = 'sequence_state' and coalesce(sent_at, confirmed_at) is not null
        and status in ('sent', 'confirmed', 'unknown', 'review')
)

select
    person_id,
    cast(max(touched_at) as date) as last_touched_on,
    {{ list_text('distinct basis', ', ', 'basis') }} as bases
from by_person
where cast(touched_at as date) <= {{ add_days(to_day(), 1) }}
group by person_id
