{# What stood of each episode from one report to the next, rumours left out: earliest date, largest amount, the first company that any
   report named, and how sure we were. A day takes the one span it lies in, so as-of features need no grouping by episode.
   Confidence = 1 - product of (1 - reliability * the extractor's own confidence) over independent sources: two reports of one source are
   one. `signals_pipeline/scoring/inputs.py` says the same for the reasons of a score; test_readiness.py holds the two together. #}
with reports as (
    select
        e.episode_id, e.signal_type, e.evidence_id, e.company_id, e.user_id, e.report_number, e.dt,
        coalesce(e.occurred_at, e.known_at) as occurred_at,
        coalesce(e.amount_usd, case when e.currency = 'USD' then e.amount end) as usd,
        s.reliability * greatest(0, least(1, coalesce(e.confidence, 1))) as certainty,
        row_number() over (partition by e.episode_id, s.source order by e.report_number) as report_of_source
    from {{ ref('signal_evidence') }} as e
    left join {{ ref('source_reliability') }} as s on s.dataset = e.dataset
    where coalesce(e.modality, 'done') <> 'rumour'
),

running as (
    select
        r.episode_id, r.signal_type, r.user_id, r.dt, r.report_number,
        substr(min(case when r.company_id is not null then lpad(cast(r.report_number as {{ dbt.type_string() }}), 9, '0') || r.company_id end)
            over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row), 10) as company_id,
        min(r.occurred_at) over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as occurred_at,
        max(r.usd) over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as usd,
        sum(case when r.report_of_source = 1 then {{ log_doubt('r.certainty') }} else 0 end)
            over (partition by r.episode_id order by r.report_number rows between unbounded preceding and current row) as log_doubt,
        lead(r.dt) over (partition by r.episode_id order by r.report_number) as next_dt
    from reports as r
)

select
    r.episode_id, r.signal_type, t.family, t.half_life_days, r.company_id, r.user_id, r.usd,
    {{ score(at_least_one('r.log_doubt'), 6) }} as confidence,
    r.occurred_at, cast(r.occurred_at as date) as occurred_on,
    r.dt as valid_from,
    coalesce({{ add_days('r.next_dt', -1) }}, cast('9999-12-31' as date)) as valid_to
from running as r
inner join {{ ref('signal_types') }} as t on t.signal_type = r.signal_type
where r.company_id is not null and (r.next_dt is null or r.next_dt > r.dt)
