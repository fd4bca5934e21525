{# The arm of each company in the holdout, stored arms first. An arm is drawn once and never changes, so every snapshot
   counts, not the newest alone. A company merged of a held-out and a treated one is `mixed`: it is not contacted and leaves the
   sample. A company that nobody has drawn yet gets the arm that the draw would give it: the same hash of salt and id. #}
{% set threshold = '%08x' | format([(var('holdout_share') * 4294967296) | int, 4294967295] | min) %}
with drawn as (
    select company_id, min(arm) as arm, max(arm) as other_arm, min(drawn_on) as drawn_on
    from {{ raw('ops__holdout') }}
    where dt <= {{ to_day() }} and company_id is not null
    group by company_id
),

merged as (
    select
        {{ canonical('d.company_id', 'm') }} as company_id,
        min(d.arm) as arm, max(d.other_arm) as other_arm, min(d.drawn_on) as drawn_on
    from drawn as d
    {{ canonical_join('d.company_id', to_day(), 'm') }}
    group by {{ canonical('d.company_id', 'm') }}
),

candidates as (
    select distinct company_id from {{ ref('int_candidates') }} where company_id is not null
)

select
    coalesce(m.company_id, c.company_id) as company_id,
    case
        when m.arm <> m.other_arm then 'mixed'
        when m.arm is not null then m.arm
        when substr({{ key([text_literal(var('holdout_salt')), 'c.company_id']) }}, 1, 8) < '{{ threshold }}' then 'held_out'
        else 'treated'
    end as arm,
    m.drawn_on,
    cast(m.company_id is not null as boolean) as is_drawn
from candidates as c
full outer join merged as m on m.company_id = c.company_id
