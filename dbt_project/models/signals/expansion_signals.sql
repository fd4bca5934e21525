{{ config(tags=['mart']) }}
{# One row per expansion, acquisition or partnership. #}
with signals as (
    select * from {{ ref('int_signal_state') }} where signal_type in ('expansion', 'acquisition', 'partnership')
)

select
    {{ uuid_text(key(["'expansion_signals'", 's.signal_id'])) }} as id,
    s.signal_id, s.company_id,
    case when s.signal_type = 'expansion' then coalesce(s.change_type, 'unknown') else s.signal_type end as expansion_type,
    case when s.place is not null then {{ json_of([['place', 's.place']]) }} end as location_data,
    case when s.change_type = 'new_market' then s.place end as target_market,
    cast(null as numeric(18, 2)) as market_size,
    {# the company itself when it is the one that is bought #}
    case
        when s.signal_type = 'acquisition' and s.change_type = 'is_acquired' then c.name
        when s.signal_type = 'acquisition' then s.other_company_name
    end as acquisition_target,
    case when s.signal_type = 'partnership' then s.other_company_name end as partner,
    case when s.signal_type = 'acquisition' then s.amount end as deal_size,
    case when s.signal_type = 'acquisition' then s.currency end as deal_currency,
    s.deal_stage,
    cast(null as bigint) as headcount_impact,
    cast(null as {{ dbt.type_string() }}) as revenue_impact,
    cast(null as {{ dbt.type_string() }}) as resource_needs,
    cast(s.occurred_at as date) as announcement_date,
    s.effective_on as effective_date,
    s.accession, s.source_row, s.modality,
    cast(s.first_dt as timestamp) as created_at,
    s.first_dt as dt
from signals as s
left join {{ ref('companies') }} as c on c.company_id = s.company_id
