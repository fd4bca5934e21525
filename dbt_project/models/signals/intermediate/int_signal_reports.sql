{# Evidence as readers need it today: company by today's merges, each episode's reports ranked (done before planned before rumour,
   then the more reliable source, then the newer word). #}
select
    e.*,
    {{ canonical('e.company_id', 'c') }} as canonical_company_id,
    coalesce(e.amount_usd, case when e.currency = 'USD' then e.amount end) as usd,
    coalesce(r.source, e.dataset) as source,
    {{ score("least(0.99, coalesce(r.reliability, 0.5) * coalesce(e.confidence, 1))") }} as reliability,
    row_number() over (
        partition by e.episode_id
        order by
            case e.modality when 'done' then 0 when 'planned' then 1 when 'rumour' then 2 else 3 end,
            coalesce(r.reliability, 0.5) desc, e.dt desc, e.known_at desc nulls last, e.evidence_id
    ) as report_rank
from {{ ref('signal_evidence') }} as e
left join {{ ref('source_reliability') }} as r on r.dataset = e.dataset
{{ canonical_join('e.company_id', to_day(), 'c') }}
