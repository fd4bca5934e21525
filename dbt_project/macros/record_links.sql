{# The company that each record of a dataset was first linked to; `link_rank` 1 is the first link. #}
{% macro record_links(name) -%}
    select
        m.record_key, l.company_id, l.dt as linked_dt,
        row_number() over (partition by m.record_key order by l.dt, m.role, m.mention_id) as link_rank
    from {{ ref('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.dataset = '{{ name }}'
{%- endmacro %}

{# The companies that a CRM account was ever linked to, each from the day of its first link. #}
{% macro account_links() -%}
    select m.account_id_salesforce as account_id, l.company_id, min(l.dt) as dt
    from {{ ref('mentions') }} as m
    inner join {{ ref('company_links') }} as l on l.mention_id = m.mention_id
    where m.dataset = 'salesforce__accounts' and m.account_id_salesforce is not null and m.role = 'subject'
    group by m.account_id_salesforce, l.company_id
{%- endmacro %}
