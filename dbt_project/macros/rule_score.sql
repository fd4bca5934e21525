{# The arithmetic of the rule score (`signals_pipeline/scoring/rules.py` says why it is so).
   1 - product of (1 - p) is a sum of logs; each log is an exact decimal before it is added up, so the sum is the same in every order and
   on every engine. #}

{# what one p adds: ln(1 - p), at most 0; no p counts for more than 0.9999 #}
{% macro log_doubt(p) -%}
  cast(ln(1 - least(cast(0.9999 as {{ double_type() }}), cast({{ p }} as {{ double_type() }}))) as numeric(18, 12))
{%- endmacro %}

{# 0..1 from the sum of them #}
{% macro at_least_one(log_doubts) -%}(1 - exp(cast({{ log_doubts }} as {{ double_type() }}))){%- endmacro %}

{# the highest stage whose score is reached; without a hand raised (0 or null) none above the one that the profile names #}
{% macro readiness(score, has_raised_hand) -%}
  {%- set ladder = var('readiness_from_score').items() | sort(attribute=1, reverse=true) -%}
  {%- set heights = var('readiness_from_score') -%}
  {%- set ceiling = heights[var('without_hand_raiser')] -%}
  case
    {%- for stage, floor in ladder[:-1] %}
    when {{ score }} >= {{ floor }}{% if floor > ceiling %} and {{ has_raised_hand }} = 1{% endif %} then {{ text_literal(stage) }}
    {%- endfor %}
    else {{ text_literal(ladder[-1][0]) }}
  end
{%- endmacro %}
