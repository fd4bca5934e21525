{# What each source said about a company's size, country and industry, by span of days in which it was the source's newest word.
   A word stays with the company that its record named when it was said: of a record that names another one later (an employer), both. #}
with links as (
    select
        l.mention_id, l.company_id, l.dt,
        row_number() over (partition by l.mention_id order by l.dt, l.company_id) as link_rank,
        lead(l.dt) over (partition by l.mention_id order by l.dt, l.company_id) as next_dt
    from {{ lake('company_links') }} as l
    where l.dt <= {{ to_day() }}
),

said as (
    select
        l.company_id, m.dataset, m.employees, m.country, m.industry, greatest(m.dt, l.dt) as dt,
        row_number() over (partition by l.company_id, m.dataset, greatest(m.dt, l.dt) order by m.dt desc, m.known_at desc nulls last, m.mention_id) as word_rank
    from {{ lake('mentions') }} as m
    inner join links as l on l.mention_id = m.mention_id
    where m.dt <= {{ to_day() }} and (m.employees is not null or m.country is not null or m.industry is not null)
        and case
            when m.role = 'employer' then l.next_dt is null or m.dt < l.next_dt
            else l.link_rank = 1 {# made once #}
        end
)

select
    s.company_id, s.dataset, coalesce(r.name_rank, 99) as name_rank, s.employees, s.country, s.industry,
    s.dt as valid_from,
    coalesce({{ add_days('lead(s.dt) over (partition by s.company_id, s.dataset order by s.dt)', -1) }}, cast('9999-12-31' as date)) as valid_to
from said as s
left join {{ ref('source_reliability') }} as r on r.dataset = s.dataset
where s.word_rank = 1
