{# The company that each record of a dataset was first linked to; `link_rank` 1 is the first link. #}
{% macro record_links(name) -%}
    select
        m.record_key, l.company_id, l.dt as linked_dt,
        row_number() over (partition by m.record_key order by l.dt, m.role, m.mention_id) as link_rank
    from {{ ref('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.dataset = '{{ name }}'
{%- endmacro %}
