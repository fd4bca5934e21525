{# A dataset as an incremental table: only the days whose lake files changed are taken away and read again.
   What the table holds is written on the table itself (its comment): the state of the files of each day, as `io.dbt` tells it in the var
   `lake_days`, and the model's own code. Other code, no such word, or a run without the var: every day is read again.
   A day that changed takes all later ones with it, since a record stands under the first day that brought it. #}

{# hook before: rows from the first changed day on, and those after the run's day, go #}
{% macro forget_changed(name) -%}
  {%- if is_incremental() -%}delete from {{ this }} where dt >= {{ changed_from(name) }}{%- endif -%}
{%- endmacro %}

{# hook before, for a table of one row per key: every key that the changed days brought, or now bring, goes #}
{% macro forget_keys(name, key, layer='facts') -%}
  {%- if is_incremental() -%}
    {%- set first = changed_from(name) -%}
    delete from {{ this }} where dt >= {{ first }} or {{ key }} in (
      select s.{{ key }} from {{ lake(name, layer) }} as s where s.dt >= {{ first }} and s.dt <= {{ to_day() }}
    )
  {%- endif -%}
{%- endmacro %}

{# every row up to the run's day of the keys that the table does not hold (after `forget_keys`): which of them stands is the model's to say #}
{% macro rows_not_held(name, key, layer='facts') -%}
  (
    select s.* from {{ lake(name, layer) }} as s
    where s.dt <= {{ to_day() }}
    {%- if is_incremental() %}
      and not exists (select 1 from {{ this }} as t where t.{{ key }} = s.{{ key }})
    {%- endif %}
  )
{%- endmacro %}

{# hook after: what the table holds now #}
{% macro note_days(name) -%}comment on table {{ this }} is '{{ tojson(_days_now(name), sort_keys=true) }}'{%- endmacro %}

{# the first day that differs between what the table holds and what the lake holds up to the run's day, as a date literal #}
{% macro changed_from(name) -%}
  {%- set held = fromjson(table_comment(this) or '{}', {}) -%}
  {%- set now = _days_now(name) -%}
  {%- set changed = [] -%}
  {%- if not now.days or held.get('code') != now.code -%}
    {%- do changed.append('0001-01-01') -%}
  {%- else -%}
    {%- set before = held.get('days', {}) -%}
    {%- for day in (now.days.keys() | list) + (before.keys() | list) -%}
      {%- if now.days.get(day) != before.get(day) -%}{%- do changed.append(day) -%}{%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  cast('{{ changed | min if changed else "9999-12-31" }}' as date)
{%- endmacro %}

{% macro _days_now(name) -%}
  {%- set days = {} -%}
  {%- for day, state in var('lake_days', {}).get(name, {}).items() -%}
    {%- if day <= var('to') -%}{%- do days.update({day: state}) -%}{%- endif -%}
  {%- endfor -%}
  {{ return({'code': local_md5(model.raw_code), 'days': days}) }}
{%- endmacro %}

{# the comment of a table that stands, none when it has none #}
{% macro table_comment(relation) -%}{{ return(adapter.dispatch('table_comment', 'signals')(relation)) }}{%- endmacro %}

{% macro duckdb__table_comment(relation) -%}
  {{ return(_one_text("select comment from duckdb_tables() where schema_name = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'")) }}
{%- endmacro %}

{% macro postgres__table_comment(relation) -%}
  {{ return(_one_text("select obj_description(to_regclass('" ~ relation.schema ~ "." ~ relation.identifier ~ "'), 'pg_class')")) }}
{%- endmacro %}

{% macro default__table_comment(relation) -%}{{ _no_body('table_comment') }}{%- endmacro %}

{% macro _one_text(sql) -%}
  {%- if not execute -%}{{ return(none) }}{%- endif -%}
  {%- set found = run_query(sql).columns[0].values() -%}
  {{ return(found[0] if found | length else none) }}
{%- endmacro %}
