{# The latest state of each episode, from its ranked reports. #}
with reports as (
    select * from {{ ref('int_signal_reports') }}
),

state as (
    select
        signal_id, episode_id, signal_type,
        {{ best('canonical_company_id', 'report_rank') }} as company_id,
        {{ best('source', 'report_rank') }} as source,
        {{ best('dataset', 'report_rank') }} as dataset,
        {{ best('record_key', 'report_rank') }} as record_key,
        {{ best('user_id', 'report_rank') }} as user_id,
        {{ best('person_record_id', 'report_rank') }} as person_record_id,
        {{ best('subject', 'report_rank') }} as subject,
        {{ best('modality', 'report_rank') }} as modality,
        {{ best('change_type', 'report_rank') }} as change_type,
        {{ best('title', 'report_rank') }} as title,
        {{ best('level', 'report_rank') }} as level,
        {{ best('department', 'report_rank') }} as department,
        {{ best('round_type', 'report_rank') }} as round_type,
        {{ best('currency', 'case when amount is null then 900000000 + report_rank else report_rank end') }} as currency,
        {{ best('amount_qualifier', 'report_rank') }} as amount_qualifier,
        {{ best('investors', 'report_rank') }} as investors,
        {{ best('deal_stage', 'report_rank') }} as deal_stage,
        {{ best('place', 'report_rank') }} as place,
        {{ best('other_company_name', 'report_rank') }} as other_company_name,
        {{ best('other_mention_id', 'report_rank') }} as other_mention_id,
        {{ best('buying_stage', 'report_rank') }} as buying_stage,
        {{ best('profile_fit', 'report_rank') }} as profile_fit,
        {{ best('topic', 'report_rank') }} as topic,
        {{ best('accession', 'report_rank') }} as accession,
        {{ best('source_url', 'report_rank') }} as source_url,
        {{ best('source_row', 'report_rank') }} as source_row,
        {{ best('trigger_words', 'report_rank') }} as trigger_words,
        {{ best('known_at_basis', 'report_rank') }} as known_at_basis,
        cast({{ best('measure', 'report_rank') }} as {{ double_type() }}) as measure,
        cast({{ best('amount', 'report_rank') }} as numeric(18, 2)) as amount,
        cast({{ best('usd', 'report_rank') }} as numeric(18, 2)) as amount_usd,
        cast({{ best('offering_amount', 'report_rank') }} as numeric(18, 2)) as offering_amount,
        cast({{ best('valuation', 'report_rank') }} as numeric(18, 2)) as valuation,
        cast({{ best('effective_on', 'report_rank') }} as date) as effective_on,
        cast({{ best('known_at', 'report_rank') }} as timestamp) as source_date,
        min(coalesce(occurred_at, known_at)) as occurred_at,
        min(known_at) as known_at,
        count(*) as reports,
        count(distinct dataset) as datasets,
        min(dt) as first_dt,
        max(dt) as last_dt
    from reports
    group by signal_id, episode_id, signal_type
)

select
    s.*,
    greatest(0, {{ days_between('s.occurred_at', to_day()) }}) as age_days,
    t.family, t.half_life_days, t.impact as base_impact
from state as s
inner join {{ ref('signal_types') }} as t on t.signal_type = s.signal_type
