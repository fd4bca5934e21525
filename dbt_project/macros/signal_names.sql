{# The names that the seed `signal_types` holds in `column` (signal_type or family): each once, a to z on every engine.
   Asked of the seed's table when a model is compiled to run (`rules` stands before); `parse` sees the edge to the seed and gets an empty list.
   The names become parts of columns: one that cannot be is refused, and so is one that is `taken` (the model has such a column for something
   else: DuckDB would rename one of the two and say nothing); so is a seed without rows.
   A dbt unit test cannot run a model that calls this: its seed would be rows of a fixture, without a table to ask. #}
{% macro signal_names(column, taken=[]) -%}
  {%- set seed = ref('signal_types') -%}
  {%- if not execute -%}{{ return([]) }}{%- endif -%}
  {%- set found = run_query('select distinct ' ~ column ~ ' from ' ~ seed).columns[0].values() -%}
  {%- if found | length == 0 -%}
    {{ exceptions.raise_compiler_error('signal_types: the seed has no rows, so there is nothing to count by ' ~ column) }}
  {%- endif -%}
  {%- for name in found if not modules.re.fullmatch('[a-z][a-z0-9_]{0,49}', name or '') -%}
    {{ exceptions.raise_compiler_error('signal_types: ' ~ column ~ ' ' ~ tojson(name) ~ ' cannot be part of a column: a-z, 0-9 and _, a letter first, at most 50 characters') }}
  {%- endfor -%}
  {%- for name in found if name in taken -%}
    {{ exceptions.raise_compiler_error('signal_types: ' ~ column ~ ' ' ~ name ~ ' is taken: ' ~ model.name ~ ' has a column of that name for something else') }}
  {%- endfor -%}
  {{ return(found | sort) }}
{%- endmacro %}
