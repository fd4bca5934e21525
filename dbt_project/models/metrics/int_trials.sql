{# What each metric counts: one row per trial (account, signal, meeting, contact, activation) with whether it succeeded.
   Rates over contacts would count a company as often as we wrote to it; so replies, meetings and pipeline are by account and segment. #}
{% set text = dbt.type_string() %}
with definitions as (
    select * from {{ ref('metric_definitions') }}
),

activations as (
    select * from {{ ref('fct_activation') }}
),

outcomes as (
    select
        activation_id,
        max(case when outcome = 'reply' then 1 else 0 end) as reply,
        max(case when outcome = 'meeting' then 1 else 0 end) as meeting,
        max(case when outcome = 'opportunity' then 1 else 0 end) as pipeline
    from {{ ref('fct_outcome') }}
    where activation_id is not null
    group by activation_id
),

answered as (
    select
        d.metric, a.account_unit, a.signal_source, a.team, a.is_probe,
        case d.metric when 'reply' then o.reply when 'meeting' then o.meeting when 'pipeline' then o.pipeline else o.reply end as is_success
    from activations as a
    inner join definitions as d on d.metric in ('reply', 'meeting', 'pipeline', 'suppression_regret')
    left join outcomes as o on o.activation_id = a.activation_id
    where {{ days_between('a.activated_on', to_day()) }} between d.mature_days and d.window_days
        and (d.metric <> 'suppression_regret' or a.is_probe)
),

segmented as (
    select metric, 'all' as segment, account_unit, is_success from answered
    union all
    select metric, 'source: ' || signal_source, account_unit, is_success from answered
    union all
    select metric, 'team: ' || team, account_unit, is_success from answered
),

accounts as (
    select metric, segment, account_unit as trial, max(coalesce(is_success, 0)) as is_success
    from segmented
    group by metric, segment, account_unit
),

{# whom we wrote to was eligible then, though the deal that came of it makes the account ineligible today #}
signals as (
    select d.metric, s.signal_id, s.signal_type, case when s.is_activated then 1 else 0 end as is_success
    from {{ ref('fct_signal') }} as s
    inner join definitions as d on d.metric = 'signal_to_activation'
    where (s.is_eligible or s.is_activated) and coalesce(s.arm, 'treated') = 'treated' and coalesce(s.modality, 'done') <> 'rumour'
        and {{ days_between('s.dt', to_day()) }} between d.mature_days and d.window_days
),

meetings as (
    select d.metric, o.outcome_id, o.signal_source, case when o.is_accepted then 1 else 0 end as is_success
    from {{ ref('fct_outcome') }} as o
    inner join definitions as d on d.metric = 'ae_acceptance'
    where o.outcome = 'meeting' and o.is_accepted is not null and o.activation_id is not null
        and {{ days_between('o.occurred_at', to_day()) }} between 0 and d.window_days
),

contacts as (
    select
        d.metric, c.outbox_id,
        case when c.email_key is not null and c.level is not null and c.company_id is not null then 1 else 0 end as is_success
    from {{ ref('int_candidates') }} as c
    inner join definitions as d on d.metric = 'enrichment_coverage'
),

speeds as (
    select
        d.metric, a.activation_id, a.signal_source,
        case when a.activated_at <= {{ dbt.dateadd('hour', 24, 's.known_at') }} then 1 else 0 end as is_success
    from activations as a
    inner join {{ ref('buying_signals') }} as s on s.id = a.signal_id
    inner join definitions as d on d.metric = 'time_to_activation'
    where {{ days_between('a.activated_on', to_day()) }} between -1 and d.window_days
)

select metric, segment, trial, cast(is_success as bigint) as is_success from accounts
union all
select metric, 'all', signal_id, cast(is_success as bigint) from signals
union all
select metric, 'source: ' || signal_type, signal_id, cast(is_success as bigint) from signals
union all
select metric, 'all', outcome_id, cast(is_success as bigint) from meetings
union all
select metric, 'source: ' || signal_source, outcome_id, cast(is_success as bigint) from meetings
union all
select metric, 'all', outbox_id, cast(is_success as bigint) from contacts
union all
select metric, 'all', activation_id, cast(is_success as bigint) from speeds
union all
select metric, 'source: ' || signal_source, activation_id, cast(is_success as bigint) from speeds
