{# Who could be spoken to today, and about what: each person once, with the best signal within its engagement window.
   A product signal goes to its user. The best other signal of a company goes to its first persona contacts: more are
   considered than may be contacted, so that one opt-out does not silence the account; the quota stands in `outbox`. #}
{% set considered = 3 * var('contacts_per_account') %}
with live as (
    select * from {{ ref('int_live_signals') }}
),

contacts as (
    select * from {{ ref('int_contacts') }}
),

company_best as (
    select
        l.*,
        row_number() over (
            partition by l.company_id
            order by l.strength_score desc, l.type_impact desc, l.known_at desc nulls last, l.signal_id
        ) as signal_rank
    from live as l
    where not l.is_of_person and l.company_id is not null
),

personas as (
    select
        c.*,
        row_number() over (
            partition by c.company_id
            order by c.persona_rank, case when c.email_key is null then 1 else 0 end, c.first_dt, c.person_id
        ) as contact_rank
    from contacts as c
    where c.is_persona and c.company_id is not null
),

pairs as (
    select c.contact_key, s.signal_id, s.signal_type, s.sequence_name, s.strength_score, s.type_impact, s.happened_on, s.known_at, s.is_of_person
    from company_best as s
    inner join personas as c on c.company_id = s.company_id
    where s.signal_rank = 1 and c.contact_rank <= {{ considered }}
    union all
    select c.contact_key, s.signal_id, s.signal_type, s.sequence_name, s.strength_score, s.type_impact, s.happened_on, s.known_at, s.is_of_person
    from live as s
    inner join contacts as c on c.person_id = s.person_id and (c.company_id = s.company_id or s.company_id is null or c.company_id is null)
    where s.is_of_person
),

ranked as (
    select
        c.person_id, c.company_id, c.email_key,
        c.contact_id_salesforce, c.lead_id_salesforce, c.prospect_id_outreach, c.user_id_product,
        c.level, c.department, c.country, c.persona_rank,
        p.signal_id, p.signal_type, p.sequence_name, p.strength_score, p.type_impact, p.happened_on, p.known_at, p.is_of_person,
        row_number() over (
            partition by c.person_id
            order by p.strength_score desc, p.type_impact desc, p.known_at desc nulls last, p.signal_id, c.company_id nulls last
        ) as pair_rank
    from pairs as p
    inner join contacts as c on c.contact_key = p.contact_key
)

select
    {{ key([to_day(), 'person_id', 'company_id']) }} as outbox_id,
    person_id, company_id, email_key,
    contact_id_salesforce, lead_id_salesforce, prospect_id_outreach, user_id_product,
    level, department, country, persona_rank,
    signal_id, signal_type, sequence_name, strength_score, type_impact, happened_on, known_at, is_of_person
from ranked
where pair_rank = 1
