{# When each user was first seen, when first on trial, the signup as it was first told, and the company that the user's record was first
   linked to, each with its day: none of these changes when the user's row does. Plan, country and size are the newest. #}
with seen as (
    select * from {{ raw('product_db__users') }} where dt <= {{ to_day() }}
),

firsts as (
    select
        user_id,
        min(dt) as first_dt,
        min(case when plan_type = '{{ var("trial_plan") }}' then dt end) as first_trial_dt
    from seen
    group by user_id
),

signups as (
    select
        user_id, signup_at, known_at, dt,
        row_number() over (partition by user_id order by dt, known_at nulls last, pulled_at nulls last, payload nulls last) as word_rank
    from seen
    where signup_at is not null
),

records as (
    select
        p.user_id_product as user_id, p.person_record_id, p.person_id, p.company_id, p.linked_dt,
        row_number() over (partition by p.user_id_product order by p.linked_dt, p.person_record_id) as record_rank
    from {{ ref('person_records') }} as p
    where p.dataset = 'product_db__users' and p.user_id_product is not null
),

{# the link as it was made: a merge changes the company of a day, never the evidence #}
mention_links as (
    select
        m.record_key, l.company_id, l.dt as linked_dt,
        row_number() over (partition by m.record_key order by l.dt, m.role, m.mention_id) as link_rank
    from {{ ref('mentions') }} as m
    inner join {{ lake('company_links') }} as l on l.mention_id = m.mention_id
    where m.dataset = 'product_db__users' and l.dt <= {{ to_day() }}
),

person_companies as (
    select person_record_id, company_id, dt,
        row_number() over (partition by person_record_id order by dt, person_id) as link_rank
    from {{ lake('person_links') }}
    where dt <= {{ to_day() }} and company_id is not null
)

select
    u.user_id, u.record_key, r.person_record_id, r.person_id,
    case when p.dt is null or m.linked_dt <= p.dt then m.company_id else p.company_id end as company_id,
    u.plan_type, u.country, u.company_size, u.team_members,
    f.first_dt, f.first_trial_dt,
    least(m.linked_dt, p.dt) as linked_dt,
    cast(s.signup_at as date) as signup_on,
    s.signup_at, s.known_at as signup_known_at, s.dt as signup_dt,
    u.dt
from {{ ref('stg_product_db__users') }} as u
inner join firsts as f on f.user_id = u.user_id
left join signups as s on s.user_id = u.user_id and s.word_rank = 1
left join records as r on r.user_id = u.user_id and r.record_rank = 1
left join mention_links as m on m.record_key = u.record_key and m.link_rank = 1
left join person_companies as p on p.person_record_id = r.person_record_id and p.link_rank = 1
