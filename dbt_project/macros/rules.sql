{# Profile values and small shapes that several models share. #}

{# a text literal #}
{% macro text_literal(value) -%}'{{ value | string | replace("'", "''") }}'{%- endmacro %}

{# `column in (…)` over a list var, case-insensitive; false for an empty list #}
{% macro in_var(column, name) -%}
  {%- set values = var(name) -%}
  {%- if values | length == 0 -%}
    (1 = 0)
  {%- else -%}
    (lower({{ column }}) in ({% for v in values %}{{ text_literal(v | string | lower) }}{% if not loop.last %}, {% endif %}{% endfor %}))
  {%- endif -%}
{%- endmacro %}

{# the number that a mapping var has for a name (8-byte float); its `default`, or 0, for what it does not name #}
{% macro of_var(column, name) -%}
  {%- set numbers = dict(var(name)) -%}
  {%- set otherwise = numbers.pop('default', 0) -%}
  cast({% if numbers %}case {{ column }} {% for key, number in numbers | dictsort %}when {{ text_literal(key) }} then {{ number }} {% endfor %}else {{ otherwise }} end{% else %}{{ otherwise }}{% endif %} as {{ double_type() }})
{%- endmacro %}

{# the best-ranked value that is not null, as text: min over zero-padded rank || value. `rank` is unique within the group. #}
{% macro best(column, rank) -%}
  substr(min(case when {{ column }} is not null then lpad(cast({{ rank }} as {{ dbt.type_string() }}), 9, '0') || cast({{ column }} as {{ dbt.type_string() }}) end), 10)
{%- endmacro %}

{# a text as a JSON string, or null; only the characters JSON forbids are escaped #}
{% macro json_quote(expression) -%}
  coalesce('"' || replace(replace(replace(replace(replace(cast({{ expression }} as {{ dbt.type_string() }}), chr(92), chr(92) || chr(92)), '"', chr(92) || '"'), chr(10), chr(92) || 'n'), chr(13), chr(92) || 'r'), chr(9), chr(92) || 't') || '"', 'null')
{%- endmacro %}

{# a JSON object as text, the same bytes on every engine: [[name, expression], …]; every value is a string or null #}
{% macro json_of(pairs) -%}
  '{' || {% for name, expression in pairs %}'"{{ name }}":' || {{ json_quote(expression) }}{% if not loop.last %} || ',' || {% endif %}{% endfor %} || '}'
{%- endmacro %}

{# the canonical company of a row as of a day: join `identity.company_canonical` as `alias`, then {{ canonical(...) }} #}
{% macro canonical_join(company, day, alias) -%}
  left join {{ ref('company_canonical') }} as {{ alias }}
    on {{ alias }}.company_id = {{ company }} and {{ alias }}.valid_from <= {{ day }} and {{ alias }}.valid_to >= {{ day }}
{%- endmacro %}
{% macro canonical(company, alias) -%}coalesce({{ alias }}.canonical_id, {{ company }}){%- endmacro %}
