{{ config(tags=['mart']) }}
{# What should happen today, for everybody considered: send, suppressed, held_out or over_cap, in that order of force.
   Rank is strength order until a learned model stands; then it is worth: the chance of an opportunity times the median deal, or the
   chance alone on a day on which the deal size abstains. Strength breaks ties; a usage spike goes before a drop-off.
   Probes take their own few seats of the cap, drawn by hash: in rank order the cap would let none through, and they would measure nothing.
   Whom an earlier run of the day decided to write to keeps that seat, whatever became of it: the day run again may finish what
   failed, and reaches nobody else. A mailbox takes no more than its own limit of the day. #}
{% set probe_limit = '%08x' | format([(var('probe_share') * 4294967296) | int, 4294967295] | min) %}
{% set probe_seats = [(var('probe_share') * var('daily_cap')) | round(0, 'ceil') | int, var('daily_cap')] | min %}
with candidates as (
    select * from {{ ref('int_candidates') }}
),

reasons as (
    select
        outbox_id,
        max(case when class = 'targeting' then 1 else 0 end) as is_off_target,
        max(case when class = 'targeting' then 0 else 1 end) as is_forbidden
    from {{ ref('suppression_reasons') }}
    group by outbox_id
),

scores as (
    select company_id, composite_score from {{ ref('account_scores') }}
    where model = 'rule' and status = 'scored'
),

{# one unit for all: a company whose deal size is not foretold must not be held against those whose is #}
learned as (
    select
        s.company_id, s.p_opportunity,
        case when d.unsized = 0 then s.p_opportunity * s.deal_size_median end as expected_usd,
        case when d.unsized = 0 then s.p_opportunity * s.deal_size_median else s.p_opportunity end as worth
    from {{ ref('account_scores') }} as s
    cross join (
        select count(*) as unsized from {{ ref('account_scores') }}
        where model = 'learned' and status = 'scored' and p_opportunity is not null and deal_size_median is null
    ) as d
    where s.model = 'learned' and s.status = 'scored' and s.p_opportunity is not null
),

said as (
    select signal_id, company_id, min(reason) as why
    from {{ ref('account_score_reasons') }}
    where model = 'rule' and signal_id is not null
    group by signal_id, company_id
),

judged as (
    select
        c.*,
        s.composite_score,
        l.p_opportunity, l.expected_usd, l.worth,
        a.arm,
        {{ key([text_literal(var('holdout_salt')), "'probe'", 'c.person_id']) }} as probe_draw,
        coalesce(r.is_forbidden, 0) as is_forbidden,
        coalesce(r.is_off_target, 0) as is_off_target
    from candidates as c
    left join reasons as r on r.outbox_id = c.outbox_id
    left join scores as s on s.company_id = c.company_id
    left join learned as l on l.company_id = c.company_id
    left join {{ ref('int_arms') }} as a on a.company_id = c.company_id
),

{# everybody whom this day's runs decided to write to: sent, refused or failed #}
decided as (
    select email_key, max(case when is_probe then 1 else 0 end) as was_probe
    from {{ ref('stg_ops__sends') }}
    where object = 'sequence_state' and dt_planned = {{ to_day() }} and email_key is not null
    group by email_key
),

probed as (
    select
        j.*,
        case when d.email_key is null then 0 else 1 end as is_decided,
        case
            when is_forbidden = 0 and is_off_target = 1 and company_id is not null and substr(probe_draw, 1, 8) < '{{ probe_limit }}'
                then 1 else 0
        end as is_probe
    from judged as j
    left join decided as d on d.email_key = j.email_key
),

standing as (
    select
        p.*,
        case
            when is_forbidden = 1 or (is_off_target = 1 and is_probe = 0) then 'suppressed'
            when arm = 'held_out' then 'held_out'
            else 'queued'
        end as standing
    from probed as p
),

{# an account hears from us through a few people only: those reached within the cool-down count #}
reached as (
    select c.company_id, count(distinct s.person_id) as people
    from (
        select {{ canonical('o.company_id', 'm') }} as company_id, o.person_id
        from {{ ref('stg_ops__sends') }} as o
        {{ canonical_join('o.company_id', to_day(), 'm') }}
        where o.object = 'sequence_state' and o.status in ('intent', 'sent', 'confirmed', 'unknown', 'review')
            and o.dt_planned > {{ add_days(to_day(), '-' ~ var('cool_down_days')) }} and o.dt_planned <= {{ to_day() }}
    ) as s
    inner join (select distinct company_id from candidates) as c on c.company_id = s.company_id
    group by c.company_id
),

in_company as (
    select
        s.*,
        row_number() over (
            partition by s.company_id, s.standing
            order by s.is_decided desc, s.is_probe, s.strength_score desc, s.type_impact desc, s.persona_rank, s.person_id
        ) + coalesce(r.people, 0) as company_turn
    from standing as s
    left join reached as r on r.company_id = s.company_id
),

{# what a mailbox may still send: people whom anybody put into a sequence since the window closed count #}
mailboxes as (
    select b.mailbox_id, b.max_emails_per_day - coalesce(u.used, 0) as free
    from {{ ref('stg_outreach__mailboxes') }} as b
    left join (
        select mailbox_id, count(*) as used
        from {{ ref('stg_outreach__sequence_states') }}
        where cast(created_at as date) > {{ to_day() }}
        group by mailbox_id
    ) as u on u.mailbox_id = b.mailbox_id
    where b.max_emails_per_day is not null
),

in_mailbox as (
    select
        c.*,
        b.free,
        row_number() over (
            partition by r.mailbox_id
            order by
                c.is_decided desc, c.worth desc nulls last, c.strength_score desc,
                c.type_impact desc, c.composite_score desc nulls last, c.known_at desc nulls last, c.outbox_id
        ) as mailbox_turn
    from in_company as c
    left join {{ ref('int_routes') }} as r on r.outbox_id = c.outbox_id
    left join mailboxes as b on b.mailbox_id = r.mailbox_id
    where c.standing = 'queued' and c.company_turn <= {{ var('contacts_per_account') }}
),

queued as (
    select
        outbox_id,
        is_probe,
        is_decided,
        row_number() over (
            partition by is_decided, is_probe
            order by
                case when is_probe = 1 then probe_draw else '' end,
                worth desc nulls last, strength_score desc, type_impact desc, composite_score desc nulls last, known_at desc nulls last, outbox_id
        ) as turn,
        count(*) over (partition by is_decided, is_probe) as turns
    from in_mailbox
    where free is null or mailbox_turn <= free
),

{# seats of the day that are left for others, in all and for probes #}
taken as (
    select count(*) as seats, coalesce(sum(was_probe), 0) as probe_seats
    from decided
),

seats as (
    select
        case when {{ var('daily_cap') }} > seats then {{ var('daily_cap') }} - seats else 0 end as seats,
        case when {{ probe_seats }} > probe_seats then {{ probe_seats }} - probe_seats else 0 end as probe_seats
    from taken
),

wanted as (
    select
        coalesce(max(case when is_decided = 0 and is_probe = 0 then turns end), 0) as regular,
        coalesce(max(case when is_decided = 0 and is_probe = 1 then turns end), 0) as probes
    from queued
),

totals as (
    select
        w.regular, s.seats,
        case
            when w.probes <= s.probe_seats and w.probes <= s.seats then w.probes
            when s.probe_seats <= s.seats then s.probe_seats
            else s.seats
        end as probes
    from wanted as w
    cross join seats as s
),

seated as (
    select
        q.outbox_id,
        q.is_decided,
        q.is_probe,
        case
            when q.is_decided = 1 then q.turn
            when q.is_probe = 0 and q.turn <= t.seats - t.probes then q.turn
            when q.is_probe = 0 then q.turn + t.probes
            when q.turn <= t.probes and t.regular < t.seats - t.probes then t.regular + q.turn
            when q.turn <= t.probes then t.seats - t.probes + q.turn
            else t.regular + q.turn
        end as place,
        case
            when q.is_decided = 1 then q.turn > 0
            when q.is_probe = 0 then q.turn <= t.seats - t.probes
            else q.turn <= t.probes
        end as is_within_cap
    from queued as q
    cross join totals as t
),

places as (
    select
        outbox_id, is_within_cap,
        row_number() over (order by is_decided desc, case when is_decided = 1 then is_probe else 0 end, place) as place
    from seated
)

select
    c.outbox_id,
    {{ to_day() }} as dt,
    case
        when c.standing <> 'queued' then c.standing
        when s.is_within_cap then 'send'
        else 'over_cap'
    end as decision,
    cast(s.place as bigint) as rank,
    c.company_id, e.name as company_name, e.domain,
    c.person_id, c.email_key,
    c.signal_id, c.signal_type,
    c.strength_score,
    {{ score('c.composite_score') }} as score,
    cast(case when c.worth is not null then 'learned' when c.composite_score is not null then 'rule' end as {{ dbt.type_string() }}) as score_basis,
    {{ score('c.p_opportunity', 6) }} as p_opportunity,
    {{ score('c.expected_usd', 2) }} as expected_usd,
    cast(c.is_probe = 1 as boolean) as is_probe,
    r.owner_id, r.mailbox_id, q.sequence_id, c.sequence_name,
    e.account_id_salesforce, c.contact_id_salesforce, c.lead_id_salesforce, c.prospect_id_outreach,
    {# a signal that scored nobody (its company is known by its person alone) has no reason of its own #}
    coalesce(
        w.why,
        {{ dbt.concat([
            "upper(substr(c.signal_type, 1, 1))", "replace(substr(c.signal_type, 2), '_', ' ')", "' on '",
            "cast(c.happened_on as " ~ dbt.type_string() ~ ")",
        ]) }}
    ) as why,
    r.routed_by,
    c.arm
from in_company as c
left join places as s on s.outbox_id = c.outbox_id
left join {{ ref('account_eligibility') }} as e on e.company_id = c.company_id
left join {{ ref('int_routes') }} as r on r.outbox_id = c.outbox_id
left join {{ ref('int_sequences') }} as q on q.sequence_name = c.sequence_name
left join said as w on w.signal_id = c.signal_id and w.company_id = c.company_id
