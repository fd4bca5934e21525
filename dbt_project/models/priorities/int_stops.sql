{# Everything that speaks against contacting each candidate: one row per reason found, before classes and switches are applied. #}
{% set text = dbt.type_string() %}
with candidates as (
    select * from {{ ref('int_candidates') }}
),

eligibility as (
    select * from {{ ref('account_eligibility') }}
),

scores as (
    select company_id, composite_score from {{ ref('account_scores') }}
    where model = 'rule' and status = 'scored'
),

said as (
    {# what vendors say of a key: (kind, value) → rule. A vendor's word on one record holds for the person. #}
    select 'contact' as kind, contact_id as value, 'opted_out' as rule, 'CRM contact' as detail
    from {{ ref('stg_salesforce__contacts') }} where has_opted_out
    union all
    select 'lead', lead_id, 'opted_out', 'CRM lead' from {{ ref('stg_salesforce__leads') }} where has_opted_out
    union all
    select 'prospect', cast(prospect_id as {{ text }}), 'opted_out', 'sequencer prospect'
    from {{ ref('stg_outreach__prospects') }} where opted_out or email_opted_out
    union all
    select 'email', email_key, 'opted_out', 'unsubscribed address'
    from {{ ref('stg_outreach__email_addresses') }} where unsubscribed_at is not null
    union all
    select 'prospect', cast(prospect_id as {{ text }}), 'opted_out', 'unsubscribed from a mailing'
    from {{ ref('stg_outreach__mailings') }} where unsubscribed_at is not null
    union all
    select 'prospect', cast(prospect_id as {{ text }}), 'opted_out', 'opted out of a sequence'
    from {{ ref('stg_outreach__sequence_states') }} where state = 'opted_out' or coalesce(opt_out_count, 0) > 0
    union all
    select 'email', email_key, case when reason = 'erased' then 'erased' when reason = 'opted_out' then 'opted_out' else 'do_not_contact' end, reason
    from {{ ref('stg_ops__suppressions') }} where coalesce(email_key, '') <> ''
    union all
    select 'contact', contact_id, 'do_not_contact', 'CRM contact'
    from {{ ref('stg_salesforce__contacts') }} where do_not_contact
    union all
    {# failed and disabled states still hold their place in the sequencer; finished, bounced and opted out do not #}
    select 'prospect', cast(prospect_id as {{ text }}), 'in_sequence', 'state ' || state
    from {{ ref('stg_outreach__sequence_states') }} where state in ('active', 'pending', 'paused', 'disabled', 'failed')
    union all
    {# an enrolment of ours whose outcome nobody knows yet may stand #}
    select 'email', email_key, 'in_sequence', 'our enrolment is ' || status
    from {{ ref('stg_ops__sends') }} where object = 'sequence_state' and status in ('intent', 'sent', 'unknown', 'review') and email_key is not null
),

{# a bounce speaks of an address: an old one that bounced does not stop a person who has a new one #}
bounced as (
    select email_key, 'bounced in the CRM' as detail
    from {{ ref('stg_salesforce__contacts') }} where email_bounced_at is not null
    union all
    select email_key, 'address status ' || status
    from {{ ref('stg_outreach__email_addresses') }} where lower(status) in ('bounced', 'invalid', 'hard_bounced')
    union all
    select p.email_key, 'a mailing bounced'
    from {{ ref('stg_outreach__mailings') }} as m
    inner join {{ ref('stg_outreach__prospects') }} as p on p.prospect_id = m.prospect_id
    where m.bounced_at is not null
    union all
    select p.email_key, 'bounced in a sequence'
    from {{ ref('stg_outreach__sequence_states') }} as s
    inner join {{ ref('stg_outreach__prospects') }} as p on p.prospect_id = s.prospect_id
    where s.state = 'bounced'
),

keyed as (
    select person_id, kind, value from {{ ref('int_contact_keys') }}
),

of_person as (
    select c.outbox_id, s.rule, s.detail
    from said as s
    inner join keyed as k on k.kind = s.kind and k.value = s.value
    inner join candidates as c on c.person_id = k.person_id
),

of_company as (
    select c.outbox_id, 'customer' as rule, 'a customer of ours' as detail
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.is_customer
    union all
    select c.outbox_id, 'open_deal', 'an open opportunity'
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.has_open_deal
    union all
    select c.outbox_id, 'competitor', 'a competitor'
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.is_competitor
    union all
    select c.outbox_id, 'own_domain', 'our own company'
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.is_own_domain
    union all
    select c.outbox_id, 'segment', coalesce(e.ineligible_because, 'outside the ideal customer')
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.is_suppressed_segment
    union all
    select c.outbox_id, 'segment', 'no company is known'
    from candidates as c left join eligibility as e on e.company_id = c.company_id where e.company_id is null
    union all
    select c.outbox_id, 'do_not_contact', 'CRM account'
    from candidates as c inner join eligibility as e on e.company_id = c.company_id where e.is_do_not_contact
    union all
    select c.outbox_id, case when s.reason = 'erased' then 'erased' when s.reason = 'opted_out' then 'opted_out' else 'do_not_contact' end,
        s.reason || ' (company)'
    from candidates as c
    inner join {{ ref('stg_ops__suppressions') }} as s on coalesce(s.company_id, '') <> ''
    {{ canonical_join('s.company_id', to_day(), 'm') }}
    where {{ canonical('s.company_id', 'm') }} = c.company_id
    union all
    select c.outbox_id, 'low_score', 'no score' from candidates as c
    left join scores as s on s.company_id = c.company_id where s.company_id is null
    union all
    select c.outbox_id, 'low_score', 'below {{ var("min_score") }}' from candidates as c
    inner join scores as s on s.company_id = c.company_id where s.composite_score < {{ var('min_score') }}
    union all
    select c.outbox_id, 'jurisdiction', coalesce(c.country, e.country) from candidates as c
    left join eligibility as e on e.company_id = c.company_id
    where {{ in_var('coalesce(c.country, e.country)', 'blocked_countries') }}
    union all
    select c.outbox_id, 'mixed_arm', 'merged of a held-out and a treated account' from candidates as c
    inner join {{ ref('int_arms') }} as a on a.company_id = c.company_id where a.arm = 'mixed'
),

of_candidate as (
    select c.outbox_id, 'bounced' as rule, b.detail
    from candidates as c
    inner join bounced as b on b.email_key = c.email_key
    union all
    select outbox_id, 'no_address', 'no address is known' from candidates where email_key is null
    union all
    select outbox_id, 'low_strength', 'below {{ var("min_strength") }}' from candidates where strength_score < {{ var('min_strength') }}
    union all
    select c.outbox_id, 'cool_down', 'touched ' || cast(t.last_touched_on as {{ text }}) || ' (' || t.bases || ')'
    from candidates as c
    inner join {{ ref('int_touches') }} as t on t.person_id = c.person_id
    where t.last_touched_on > {{ add_days(to_day(), '-' ~ var('cool_down_days')) }}
    union all
    {# the sequencer takes nobody into a sequence twice, however the first time ended #}
    select c.outbox_id, 'sequence_repeated', 'in ' || c.sequence_name || ' before (' || s.state || ')'
    from candidates as c
    inner join {{ ref('int_sequences') }} as q on q.sequence_name = c.sequence_name
    inner join keyed as k on k.person_id = c.person_id and k.kind = 'prospect'
    inner join {{ ref('stg_outreach__sequence_states') }} as s
        on cast(s.prospect_id as {{ text }}) = k.value and s.sequence_id = q.sequence_id
    union all
    {# one address is written to once: whom the CRM or the sequencer knows goes before whom they do not #}
    select outbox_id, 'same_address', 'somebody else with this address is considered'
    from (
        select
            outbox_id,
            row_number() over (
                partition by email_key
                order by
                    case when contact_id_salesforce is not null then 0 when lead_id_salesforce is not null then 1 when prospect_id_outreach is not null then 2 else 3 end,
                    strength_score desc, person_id
            ) as address_turn
        from candidates
        where email_key is not null
    ) as a
    where address_turn > 1
    union all
    select c.outbox_id, 'no_route', 'no active owner with a healthy mailbox' from candidates as c
    left join {{ ref('int_routes') }} as r on r.outbox_id = c.outbox_id where r.outbox_id is null
    union all
    select c.outbox_id, 'no_route', 'no usable sequence ' || c.sequence_name from candidates as c
    left join {{ ref('int_sequences') }} as q on q.sequence_name = c.sequence_name where q.sequence_name is null
),

stops as (
    select outbox_id, rule, detail from of_person
    union
    select outbox_id, rule, detail from of_company
    union
    select outbox_id, rule, detail from of_candidate
)

select outbox_id, rule, {{ list_text('detail', '; ', 'detail') }} as detail
from stops
group by outbox_id, rule
