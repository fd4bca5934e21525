{# What the intent vendor said about each account on each day, for our product, with the company that the account's record
   was linked to by then: an answer that was nobody's on its day stays nobody's, else a later link would write history. #}
with scores as (
    select
        s.*,
        row_number() over (partition by s.record_key, s.dt order by s.pulled_at desc nulls last, s.payload desc nulls last) as version_rank
    from {{ raw('sixsense__account_scores') }} as s
    where s.dt <= {{ to_day() }} and lower(s.product) = {{ text_literal(var('intent_product') | lower) }}
),

links as (
    {{ record_links('sixsense__account_scores') }}
)

select
    s.record_key, l.company_id, s.domain, s.product, s.buying_stage, s.profile_fit, s.intent_score, s.profile_score, s.known_at, s.dt
from scores as s
left join links as l on l.record_key = s.record_key and l.link_rank = 1 and l.linked_dt <= s.dt
where s.version_rank = 1
