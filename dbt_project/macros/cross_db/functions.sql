{# One dispatch macro per engine difference; an unknown adapter raises. #}

{% macro _no_body(name) %}{{ exceptions.raise_compiler_error(name ~ "(): no body for adapter " ~ target.type) }}{% endmacro %}

{# 8-byte float #}
{% macro double_type() -%}{{ adapter.dispatch('double_type', 'signals')() }}{%- endmacro %}
{% macro duckdb__double_type() -%}double{%- endmacro %}
{% macro postgres__double_type() -%}double precision{%- endmacro %}
{% macro default__double_type() -%}{{ _no_body('double_type') }}{%- endmacro %}

{# text at a path of a JSON text: json_text('payload', ['a', 'b']) #}
{% macro json_text(column, path) -%}{{ adapter.dispatch('json_text', 'signals')(column, path) }}{%- endmacro %}
{% macro duckdb__json_text(column, path) -%}json_extract_string({{ column }}, '$.{{ path | join(".") }}'){%- endmacro %}
{% macro postgres__json_text(column, path) -%}(cast({{ column }} as jsonb) #>> '{ {{- path | join(",") -}} }'){%- endmacro %}
{% macro default__json_text(column, path) -%}{{ _no_body('json_text') }}{%- endmacro %}

{# null instead of an error on bad text; kind: bigint | double | date #}
{% macro try_cast(column, kind) -%}{{ adapter.dispatch('try_cast', 'signals')(column, kind) }}{%- endmacro %}
{% macro duckdb__try_cast(column, kind) -%}try_cast({{ column }} as {{ double_type() if kind == 'double' else kind }}){%- endmacro %}
{% macro postgres__try_cast(column, kind) -%}
  {%- set pattern = {'bigint': '^\\s*[-+]?[0-9]{1,18}\\s*$', 'double': '^\\s*[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?\\s*$', 'date': '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'}[kind] -%}
  case when cast({{ column }} as text) ~ '{{ pattern }}' then cast({{ column }} as {{ double_type() if kind == 'double' else kind }}) end
{%- endmacro %}
{% macro default__try_cast(column, kind) -%}{{ _no_body('try_cast') }}{%- endmacro %}

{# ordered text aggregation; nulls are left out #}
{% macro list_text(expression, separator, order_by) -%}{{ adapter.dispatch('list_text', 'signals')(expression, separator, order_by) }}{%- endmacro %}
{% macro duckdb__list_text(expression, separator, order_by) -%}string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }}){%- endmacro %}
{% macro postgres__list_text(expression, separator, order_by) -%}string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }}){%- endmacro %}
{% macro default__list_text(expression, separator, order_by) -%}{{ _no_body('list_text') }}{%- endmacro %}

{# whole days from a to b, bigint; a and b are dates #}
{% macro days_between(a, b) -%}{{ adapter.dispatch('days_between', 'signals')(a, b) }}{%- endmacro %}
{% macro duckdb__days_between(a, b) -%}cast(datediff('day', cast({{ a }} as date), cast({{ b }} as date)) as bigint){%- endmacro %}
{% macro postgres__days_between(a, b) -%}cast(cast({{ b }} as date) - cast({{ a }} as date) as bigint){%- endmacro %}
{% macro default__days_between(a, b) -%}{{ _no_body('days_between') }}{%- endmacro %}

{# a date n days later (n may be an expression) #}
{% macro add_days(day, n) -%}{{ adapter.dispatch('add_days', 'signals')(day, n) }}{%- endmacro %}
{% macro duckdb__add_days(day, n) -%}cast(cast({{ day }} as date) + cast(({{ n }}) as integer) as date){%- endmacro %}
{% macro postgres__add_days(day, n) -%}cast(cast({{ day }} as date) + cast(({{ n }}) as integer) as date){%- endmacro %}
{% macro default__add_days(day, n) -%}{{ _no_body('add_days') }}{%- endmacro %}

{# one row per day from a to b, column `day` (date) #}
{% macro days(a, b) -%}{{ adapter.dispatch('days', 'signals')(a, b) }}{%- endmacro %}
{% macro duckdb__days(a, b) -%}(select cast(g.generate_series as date) as day from generate_series(cast({{ a }} as timestamp), cast({{ b }} as timestamp), interval '1 day') as g){%- endmacro %}
{% macro postgres__days(a, b) -%}(select cast(g as date) as day from generate_series(cast({{ a }} as timestamp), cast({{ b }} as timestamp), interval '1 day') as g){%- endmacro %}
{% macro default__days(a, b) -%}{{ _no_body('days') }}{%- endmacro %}

{# every match replaced #}
{% macro replace_all(column, pattern, by) -%}{{ adapter.dispatch('replace_all', 'signals')(column, pattern, by) }}{%- endmacro %}
{% macro duckdb__replace_all(column, pattern, by) -%}regexp_replace({{ column }}, '{{ pattern }}', '{{ by }}', 'g'){%- endmacro %}
{% macro postgres__replace_all(column, pattern, by) -%}regexp_replace({{ column }}, '{{ pattern }}', '{{ by }}', 'g'){%- endmacro %}
{% macro default__replace_all(column, pattern, by) -%}{{ _no_body('replace_all') }}{%- endmacro %}

{# a score or share as numeric(9, 4), so that ranks and comparisons are the same on every engine #}
{% macro score(expression, digits=4) -%}cast(round(cast({{ expression }} as numeric(18, 8)), {{ digits }}) as numeric(18, {{ digits }})){%- endmacro %}

{# a/b as double, null when b is 0 #}
{% macro ratio(a, b) -%}(cast({{ a }} as {{ double_type() }}) / nullif(cast({{ b }} as {{ double_type() }}), 0)){%- endmacro %}

{# 0.5 to the power of days / half_life, as double #}
{% macro halved(days, half_life) -%}power(cast(0.5 as {{ double_type() }}), {{ ratio(days, half_life) }}){%- endmacro %}

{# the same, rounded so that engines agree #}
{% macro decay(days, half_life) -%}{{ score(halved(days, half_life), 6) }}{%- endmacro %}

{# md5 over coalesced text of text, integers and dates; the same bytes as signals_pipeline.keys.md5 #}
{% macro key(columns) -%}
  md5({% for c in columns %}coalesce(cast({{ c }} as {{ dbt.type_string() }}), ''){% if not loop.last %} || chr(31) || {% endif %}{% endfor %})
{%- endmacro %}

{# an md5 shown as a uuid text #}
{% macro uuid_text(md5_expression) -%}
  (substr({{ md5_expression }}, 1, 8) || '-' || substr({{ md5_expression }}, 9, 4) || '-' || substr({{ md5_expression }}, 13, 4) || '-' || substr({{ md5_expression }}, 17, 4) || '-' || substr({{ md5_expression }}, 21, 12))
{%- endmacro %}
