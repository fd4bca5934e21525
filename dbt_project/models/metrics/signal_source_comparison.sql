{{ config(tags=['mart']) }}
{# Which signals are worth acting on: one row per signal source that anybody acted on, counted by account, each rate with its interval
   and the accounts that it is a share of: a meeting needs longer to come than a reply, so fewer enrolments are old enough to be judged.
   A source is called better or worse only when its interval, widened for the number of sources compared, lies clear of the interval
   of all other sources together: five equal sources would else crown a false winner in one month out of four. #}
{% set z = 1.959964 %}
with trials as (
    select metric, replace(segment, 'source: ', '') as signal_source, sum(is_success) as successes, count(*) as n
    from {{ ref('int_trials') }}
    where segment like 'source: %' and metric in ('reply', 'meeting', 'pipeline', 'ae_acceptance')
    group by metric, segment
),

judged_of as (
    select
        signal_source,
        max(case when metric = 'reply' then n else 0 end) as accounts,
        max(case when metric = 'reply' then successes else 0 end) as replies,
        max(case when metric = 'meeting' then n else 0 end) as meeting_accounts,
        max(case when metric = 'meeting' then successes else 0 end) as meetings,
        max(case when metric = 'pipeline' then n else 0 end) as pipeline_accounts,
        max(case when metric = 'pipeline' then successes else 0 end) as opportunities,
        max(case when metric = 'ae_acceptance' then n else 0 end) as judged_meetings,
        max(case when metric = 'ae_acceptance' then successes else 0 end) as accepted_meetings
    from trials
    group by signal_source
),

contacts as (
    select signal_source, count(distinct person_id) as contacts, count(*) as activations
    from {{ ref('fct_activation') }}
    group by signal_source
),

sources as (
    select
        c.signal_source, c.contacts, c.activations,
        coalesce(j.accounts, 0) as accounts, coalesce(j.replies, 0) as replies,
        coalesce(j.meeting_accounts, 0) as meeting_accounts, coalesce(j.meetings, 0) as meetings,
        coalesce(j.pipeline_accounts, 0) as pipeline_accounts, coalesce(j.opportunities, 0) as opportunities,
        coalesce(j.judged_meetings, 0) as judged_meetings, coalesce(j.accepted_meetings, 0) as accepted_meetings
    from contacts as c
    left join judged_of as j on j.signal_source = c.signal_source
),

{# of the accounts that the pipeline rate counts, and of no others #}
money as (
    select o.signal_source, sum(o.amount) as pipeline_amount
    from {{ ref('fct_outcome') }} as o
    inner join {{ ref('metric_definitions') }} as d on d.metric = 'pipeline'
    where o.outcome = 'opportunity' and o.activation_id is not null
        and {{ days_between('o.activated_on', to_day()) }} between d.mature_days and d.window_days
    group by o.signal_source
),

totals as (
    select
        sum(accounts) as accounts, sum(replies) as replies,
        count(case when accounts > 0 then 1 end) as compared
    from sources
),

minimum as (
    select min_n from {{ ref('metric_definitions') }} where metric = 'reply'
),

{# two-sided 5 % shared out among k comparisons #}
widened as (
    select
        s.*,
        t.accounts - s.accounts as other_accounts, t.replies - s.replies as other_replies, t.compared,
        cast(case
            when t.compared <= 1 then 1.959964 when t.compared = 2 then 2.241403 when t.compared = 3 then 2.393980
            when t.compared = 4 then 2.497705 when t.compared = 5 then 2.575829 when t.compared = 6 then 2.638257
            when t.compared = 7 then 2.690110 when t.compared = 8 then 2.734369 when t.compared = 9 then 2.772913
            when t.compared = 10 then 2.807034 when t.compared <= 15 then 2.935199 else 3.023341
        end as {{ double_type() }}) as z_shared
    from sources as s
    cross join totals as t
),

judged as (
    select
        w.*,
        {{ wilson_low('w.replies', 'w.accounts', 'w.z_shared') }} as own_low, {{ wilson_high('w.replies', 'w.accounts', 'w.z_shared') }} as own_high,
        {{ wilson_low('w.other_replies', 'w.other_accounts', 'w.z_shared') }} as other_low,
        {{ wilson_high('w.other_replies', 'w.other_accounts', 'w.z_shared') }} as other_high
    from widened as w
)

select
    j.signal_source,
    j.contacts, j.activations,
    cast(j.accounts as bigint) as accounts,
    cast(j.replies as bigint) as replies,
    {{ score(ratio('j.replies', 'j.accounts'), 6) }} as reply_rate,
    {{ score(wilson_low('j.replies', 'j.accounts', z), 6) }} as reply_low,
    {{ score(wilson_high('j.replies', 'j.accounts', z), 6) }} as reply_high,
    cast(j.meeting_accounts as bigint) as meeting_accounts,
    cast(j.meetings as bigint) as meetings,
    {{ score(ratio('j.meetings', 'j.meeting_accounts'), 6) }} as meeting_rate,
    {{ score(wilson_low('j.meetings', 'j.meeting_accounts', z), 6) }} as meeting_low,
    {{ score(wilson_high('j.meetings', 'j.meeting_accounts', z), 6) }} as meeting_high,
    cast(j.pipeline_accounts as bigint) as pipeline_accounts,
    cast(j.opportunities as bigint) as opportunities,
    {{ score(ratio('j.opportunities', 'j.pipeline_accounts'), 6) }} as pipeline_rate,
    {{ score(wilson_low('j.opportunities', 'j.pipeline_accounts', z), 6) }} as pipeline_low,
    {{ score(wilson_high('j.opportunities', 'j.pipeline_accounts', z), 6) }} as pipeline_high,
    cast(m.pipeline_amount as numeric(18, 2)) as pipeline_amount,
    cast(j.judged_meetings as bigint) as judged_meetings,
    cast(j.accepted_meetings as bigint) as accepted_meetings,
    {{ score(ratio('j.accepted_meetings', 'j.judged_meetings'), 6) }} as ae_acceptance_rate,
    {{ score(wilson_low('j.accepted_meetings', 'j.judged_meetings', z), 6) }} as ae_acceptance_low,
    {{ score(wilson_high('j.accepted_meetings', 'j.judged_meetings', z), 6) }} as ae_acceptance_high,
    cast(coalesce(j.accounts >= n.min_n and j.other_accounts >= n.min_n and (j.own_low > j.other_high or j.own_high < j.other_low), false) as boolean) as decidable,
    case
        when j.accounts < n.min_n or j.other_accounts < n.min_n then 'not yet decidable: too few accounts'
        when j.own_low > j.other_high then 'replies more than the other sources'
        when j.own_high < j.other_low then 'replies less than the other sources'
        else 'not yet decidable: the intervals overlap'
    end as verdict,
    {{ to_day() }} as dt
from judged as j
cross join minimum as n
left join money as m on m.signal_source = j.signal_source
