{# Bounds of Wilson's interval for x successes of n trials at z, as double; null for no trials.
   (p + z2/2n -+ z * sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), kept inside 0..1. #}
{% macro _wilson(x, n, z, sign) -%}
  {%- set d = double_type() -%}
  {%- set xd = 'cast(' ~ x ~ ' as ' ~ d ~ ')' -%}{%- set nd = 'nullif(cast(' ~ n ~ ' as ' ~ d ~ '), 0)' -%}{%- set zd = 'cast(' ~ z ~ ' as ' ~ d ~ ')' -%}
  (({{ xd }} / {{ nd }} + {{ zd }} * {{ zd }} / (2 * {{ nd }})
    {{ sign }} {{ zd }} * sqrt({{ xd }} / {{ nd }} * (1 - {{ xd }} / {{ nd }}) / {{ nd }} + {{ zd }} * {{ zd }} / (4 * {{ nd }} * {{ nd }})))
    / (1 + {{ zd }} * {{ zd }} / {{ nd }}))
{%- endmacro %}
{% macro wilson_low(x, n, z) -%}(case when {{ n }} > 0 then greatest(cast(0 as {{ double_type() }}), {{ _wilson(x, n, z, '-') }}) end){%- endmacro %}
{% macro wilson_high(x, n, z) -%}(case when {{ n }} > 0 then least(cast(1 as {{ double_type() }}), {{ _wilson(x, n, z, '+') }}) end){%- endmacro %}
