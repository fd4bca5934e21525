{# Every score stands between 0 and 100 and equals the sum of its reasons, counted here from the reasons alone. #}
with sums as (
    select signal_id, score, sum(points) as points from {{ ref('score_reasons') }} group by signal_id, score
),

scores as (
    select id, 'relevance' as score, relevance_score as points from {{ ref('buying_signals') }}
    union all
    select id, 'urgency' as score, urgency_score as points from {{ ref('buying_signals') }}
    union all
    select id, 'impact' as score, impact_score as points from {{ ref('buying_signals') }}
    union all
    select id, 'confidence' as score, confidence_score as points from {{ ref('buying_signals') }}
    union all
    select id, 'strength' as score, strength_score as points from {{ ref('buying_signals') }}
)

select s.id, s.score, s.points, r.points as explained
from scores as s
left join sums as r on r.signal_id = s.id and r.score = s.score
where s.points is null or s.points < 0 or s.points > 100 or s.points <> coalesce(r.points, 0)
