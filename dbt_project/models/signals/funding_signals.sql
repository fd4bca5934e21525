{{ config(tags=['mart']) }}
{# One row per funding episode. Analysis fields without evidence are null, never invented. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where signal_type = 'funding_round'
),

earlier as (
    select
        s.signal_id,
        sum(e.amount_usd) as earlier_usd, count(e.signal_id) as earlier_rounds
    from signals as s
    left join signals as e
        on e.company_id = s.company_id and e.signal_id <> s.signal_id and e.occurred_at < s.occurred_at
    group by s.signal_id
)

select
    {{ uuid_text(key(["'funding_signals'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id,
    coalesce(s.round_type, 'unknown') as round_type,
    s.amount, s.currency, s.amount_usd, s.offering_amount, s.amount_qualifier, s.valuation, s.investors,
    cast(null as {{ dbt.type_string() }}) as lead_investor,
    cast(s.occurred_at as date) as announcement_date,
    s.effective_on as close_date,
    case when s.amount_usd is not null then {{ json_of([['amount_usd', 's.amount_usd'], ['basis', "'reported amount of the round'"]]) }} end as budget_impact,
    cast(null as {{ dbt.type_string() }}) as spending_predictions,
    cast(null as {{ dbt.type_string() }}) as investment_focus,
    e.earlier_rounds as previous_rounds,
    e.earlier_usd as previous_amount_usd,
    s.accession, s.source_row, s.modality,
    cast(s.first_dt as timestamp) as created_at,
    cast(s.last_dt as timestamp) as updated_at,
    s.first_dt as dt
from signals as s
inner join earlier as e on e.signal_id = s.signal_id
