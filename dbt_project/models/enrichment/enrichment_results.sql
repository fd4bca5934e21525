{# What enrichment asked, and what it got, up to the run's day. #}
select company_id, signal_id, provider, lookup_key, outcome, person_record_id, credits, usd, is_cached, dt
from {{ lake('enrichment_results') }}
where dt <= {{ to_day() }}
