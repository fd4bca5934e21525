{# The scores of a signal: sums of their reasons. #}
select
    signal_id,
    sum(case when score = 'relevance' then points else 0 end) as relevance_score,
    sum(case when score = 'urgency' then points else 0 end) as urgency_score,
    sum(case when score = 'impact' then points else 0 end) as impact_score,
    sum(case when score = 'confidence' then points else 0 end) as confidence_score,
    sum(case when score = 'strength' then points else 0 end) as strength_score
from {{ ref('score_reasons') }}
group by signal_id
