{# The one door to the lake. DuckDB reads Parquet in place; Postgres reads the table that the loader keeps in step.
   `lake(name)` has a `dt` column (date). `carried(name)` is what a later stage wrote on earlier days: dt < to. #}
{% macro lake(name, layer='facts') -%}{{ adapter.dispatch('lake', 'signals')(name, layer) }}{%- endmacro %}

{% macro duckdb__lake(name, layer) -%}
  read_parquet('{{ var("lake_url") }}/{{ layer }}/{{ name }}/*/*.parquet', hive_partitioning=true, hive_types={'dt': date}, union_by_name=true)
{%- endmacro %}

{% macro postgres__lake(name, layer) -%}raw.{{ name }}{%- endmacro %}

{% macro default__lake(name, layer) -%}
  {{ exceptions.raise_compiler_error("lake(): no body for adapter " ~ target.type) }}
{%- endmacro %}

{% macro raw(name) -%}{{ lake(name, 'raw') }}{%- endmacro %}

{% macro carried(name) -%}(select * from {{ lake(name) }} where dt < {{ to_day() }}){%- endmacro %}

{# The run's day and range, as date literals. #}
{% macro from_day() -%}cast('{{ var("from") }}' as date){%- endmacro %}
{% macro to_day() -%}cast('{{ var("to") }}' as date){%- endmacro %}
