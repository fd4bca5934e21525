{# What each source said about a company's size, country and industry, by span of days in which it was the source's newest word. #}
with said as (
    select
        l.company_id, m.dataset, m.employees, m.country, m.industry, greatest(m.dt, l.dt) as dt,
        row_number() over (partition by l.company_id, m.dataset, greatest(m.dt, l.dt) order by m.dt desc, m.known_at desc nulls last, m.mention_id) as word_rank
    from {{ lake('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.dt <= {{ to_day() }} and (m.employees is not null or m.country is not null or m.industry is not null)
)

select
    s.company_id, s.dataset, coalesce(r.name_rank, 99) as name_rank, s.employees, s.country, s.industry,
    s.dt as valid_from,
    coalesce({{ add_days('lead(s.dt) over (partition by s.company_id, s.dataset order by s.dt)', -1) }}, cast('9999-12-31' as date)) as valid_to
from said as s
left join {{ ref('source_reliability') }} as r on r.dataset = s.dataset
where s.word_rank = 1
