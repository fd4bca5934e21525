{# Who writes to each candidate, and from which mailbox. The rules of the seed in their order; the first that names an active user
   with a healthy mailbox wins. Territory and round robin pick by the smallest hash of (user, company): the same user for a company
   every day, and when a user leaves only that user's companies move. Nobody found: no row, and the candidate is stopped as `no_route`. #}
with candidates as (
    select c.outbox_id, c.contact_id_salesforce, c.lead_id_salesforce,
        coalesce(c.company_id, c.person_id) as place_id,
        e.owner_id as account_owner_id,
        coalesce(e.country, c.country) as country, p.state
    from {{ ref('int_candidates') }} as c
    left join {{ ref('account_eligibility') }} as e on e.company_id = c.company_id
    left join {{ ref('companies') }} as p on p.company_id = c.company_id
),

rules as (
    select * from {{ ref('routing_rules') }} where is_active
),

{# addresses are compared here and not kept #}
mailboxes as (
    select b.mailbox_id, b.owner_email_key, lower(trim(b.email)) as email
    from {{ newest_snapshot('outreach__mailboxes') }} as b
    where b.version_rank = 1 and not coalesce(b.is_send_disabled, false) and b.send_errored_at is null
),

users as (
    select u.user_id, min(u.territory) as territory, min(b.mailbox_id) as mailbox_id
    from {{ newest_snapshot('salesforce__users') }} as u
    inner join mailboxes as b on b.owner_email_key = u.email_key or b.email = lower(trim(u.email))
    where u.version_rank = 1 and u.is_active
    group by u.user_id
),

places as (
    select distinct place_id, coalesce(country, '') as country, coalesce(state, '') as state from candidates
),

{# a user's territory is a country code, or a name that the seed explains #}
territories as (
    select lower(u.territory) as territory, lower(u.territory) as country, cast(null as {{ dbt.type_string() }}) as state
    from users as u
    where u.territory is not null
    union
    select lower(t.territory), lower(t.country), lower(t.state) from {{ ref('territories') }} as t
),

theirs as (
    select distinct p.place_id, p.country, p.state, u.user_id
    from places as p
    inner join territories as t on t.country = lower(p.country) and (t.state is null or t.state = lower(p.state))
    inner join users as u on lower(u.territory) = t.territory
),

hashed as (
    select
        p.place_id, p.country, p.state, u.user_id,
        cast(t.user_id is not null as boolean) as is_theirs,
        {{ key(['u.user_id', 'p.place_id']) }} as draw
    from places as p
    cross join users as u
    left join theirs as t on t.place_id = p.place_id and t.country = p.country and t.state = p.state and t.user_id = u.user_id
),

drawn as (
    select
        place_id, country, state, user_id, is_theirs,
        row_number() over (partition by place_id, country, state order by draw, user_id) as turn,
        row_number() over (partition by place_id, country, state order by case when is_theirs then 0 else 1 end, draw, user_id) as own_turn
    from hashed
),

options as (
    select c.outbox_id, r.position, r.rule, u.user_id
    from candidates as c
    inner join users as u on u.user_id = c.account_owner_id
    inner join rules as r on r.rule = 'crm_owner' and r.value = 'account'
    union all
    select c.outbox_id, r.position, r.rule, u.user_id
    from candidates as c
    left join {{ ref('stg_salesforce__contacts') }} as k on k.contact_id = c.contact_id_salesforce
    left join {{ ref('stg_salesforce__leads') }} as l on l.lead_id = c.lead_id_salesforce
    inner join users as u on u.user_id = coalesce(k.owner_id, l.owner_id)
    inner join rules as r on r.rule = 'crm_owner' and r.value = 'contact'
    union all
    select c.outbox_id, r.position, r.rule, d.user_id
    from candidates as c
    inner join drawn as d 
        on d.place_id = c.place_id and d.country = coalesce(c.country, '') and d.state = coalesce(c.state, '') and d.is_theirs and d.own_turn = 1
    inner join rules as r on r.rule = 'territory'
    union all
    select c.outbox_id, r.position, r.rule, d.user_id
    from candidates as c
    inner join drawn as d 
        on d.place_id = c.place_id and d.country = coalesce(c.country, '') and d.state = coalesce(c.state, '') and d.turn = 1
    inner join rules as r on r.rule = 'round_robin'
),

chosen as (
    select outbox_id, rule, user_id, row_number() over (partition by outbox_id order by position, user_id) as option_rank
    from options
)

select c.outbox_id, c.user_id as owner_id, u.mailbox_id, c.rule as routed_by
from chosen as c
inner join users as u on u.user_id = c.user_id
where c.option_rank = 1
