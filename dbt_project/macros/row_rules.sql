{# One query that judges all simple rules on the rows of a relation, instead of one query each: reading the relation is what costs.
   unique: columns whose values stand once, nulls aside · not_null: columns that are always said · accepted: {column: [values]}, nulls aside
   when: {condition: {unique: […], not_null: […]}} holds for the rows of the condition alone.
   One row per broken rule: `rule` names it, `broken_rows` counts; `io.dbt` puts both into the test's message. #}
{% test row_rules(model, unique=[], not_null=[], accepted={}, when={}) %}
{%- set rules = [] -%}
{%- for c in unique -%}{%- do rules.append(['unique ' ~ c, 'count(' ~ c ~ ') - count(distinct ' ~ c ~ ')']) -%}{%- endfor -%}
{%- for c in not_null -%}{%- do rules.append(['not_null ' ~ c, 'count(*) - count(' ~ c ~ ')']) -%}{%- endfor -%}
{%- for c, values in accepted.items() -%}
  {%- set literals = [] -%}
  {%- for v in values -%}{%- do literals.append(v if v is number else text_literal(v)) -%}{%- endfor -%}
  {%- do rules.append(['accepted ' ~ c, 'count(case when ' ~ c ~ ' not in (' ~ literals | join(', ') ~ ') then 1 end)']) -%}
{%- endfor -%}
{%- for condition, held in when.items() -%}
  {%- for c in held.get('unique', []) -%}
    {%- set kept = 'case when ' ~ condition ~ ' then ' ~ c ~ ' end' -%}
    {%- do rules.append(['unique ' ~ c ~ ' when ' ~ condition, 'count(' ~ kept ~ ') - count(distinct ' ~ kept ~ ')']) -%}
  {%- endfor -%}
  {%- for c in held.get('not_null', []) -%}
    {%- do rules.append(['not_null ' ~ c ~ ' when ' ~ condition, 'count(case when ' ~ condition ~ ' and ' ~ c ~ ' is null then 1 end)']) -%}
  {%- endfor -%}
{%- endfor -%}
{%- if rules | length == 0 -%}{{ exceptions.raise_compiler_error('row_rules on ' ~ model ~ ' judges nothing') }}{%- endif -%}
with counted as (
    select
        {% for _, expression in rules %}{{ expression }} as rule_{{ loop.index }}{% if not loop.last %},
        {% endif %}{% endfor %}
    from {{ model }}
)

{% for name, _ in rules -%}
select {{ text_literal(name) }} as rule, rule_{{ loop.index }} as broken_rows from counted where rule_{{ loop.index }} > 0
{% if not loop.last %}union all
{% endif %}{% endfor %}
{% endtest %}
