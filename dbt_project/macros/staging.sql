{# What a staging model reads. State streams: the newest snapshot as of the run's day, so a record that vanished from it is gone.
   Delta streams (state, pulled by watermark): the newest row of each key. Event streams: each record once, as first landed. #}

{% macro newest_snapshot(name) -%}
  (
    select s.*,
      row_number() over (partition by s.record_key order by s.known_at desc nulls last, s.pulled_at desc nulls last, s.payload desc nulls last) as version_rank
    from {{ raw(name) }} as s
    where s.dt = (select max(n.dt) from {{ raw(name) }} as n where n.dt <= {{ to_day() }})
  )
{%- endmacro %}

{% macro newest_of_each(name) -%}
  (
    select s.*,
      row_number() over (partition by s.record_key order by s.dt desc, s.known_at desc nulls last, s.pulled_at desc nulls last, s.payload desc nulls last) as version_rank
    from {{ raw(name) }} as s
    where s.dt <= {{ to_day() }}
  )
{%- endmacro %}

{# of an incremental table: of the changed days alone, and only keys that no earlier day has brought #}
{% macro first_of_each(name) -%}
  (
    select s.*,
      row_number() over (partition by s.record_key order by s.dt, s.known_at nulls last, s.pulled_at nulls last, s.payload nulls last) as version_rank
    from {{ raw(name) }} as s
    where s.dt <= {{ to_day() }}
    {%- if is_incremental() %}
      and s.dt >= {{ changed_from(name) }}
      and not exists (select 1 from {{ this }} as t where t.record_key = s.record_key)
    {%- endif %}
  )
{%- endmacro %}
