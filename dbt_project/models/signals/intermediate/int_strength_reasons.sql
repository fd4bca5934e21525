{# Points of strength per signal and rule of `strength_rules`. #}
with signals as (
    select
        s.*,
        greatest(coalesce(u.company_size, 0), coalesce(f.employees, 0)) as employees,
        u.team_members,
        f.industry_case,
        d.fires_on, d.resumed_on
    from {{ ref('int_signal_state') }} as s
    left join {{ ref('int_product_users') }} as u on u.user_id = s.user_id
    left join {{ ref('int_account_facts') }} as f on f.company_id = s.company_id
    left join {{ ref('int_drop_offs') }} as d on d.episode_key = s.episode_id
),

matched as (
    select
        s.signal_id, r.rule, r.reason, r.points, r.at_least,
        case r.rule
            when 'base' then 1
            when 'employees' then case when s.employees >= r.at_least then 1 end
            when 'target_industry' then case when s.industry_case = 'target' then 1 end
            when 'team_members' then case when s.team_members >= r.at_least then 1 end
            when 'extra_multiple' then greatest(0, floor({{ ratio('s.measure - ' ~ var('spike_ratio'), 'r.at_least') }}))
            when 'silent_week' then floor({{ ratio('greatest(0, ' ~ days_between('s.fires_on', 'least(' ~ to_day() ~ ', coalesce(' ~ add_days('s.resumed_on', -1) ~ ', ' ~ to_day() ~ '))') ~ ')', '7 * r.at_least') }})
            when 'intent_score' then case when s.measure >= r.at_least then 1 end
            when 'amount_usd' then case when s.amount_usd >= r.at_least then 1 end
            when 'stage_is_purchase' then case when s.buying_stage = 'Purchase' then 1 end
            when 'fit_is_strong' then case when s.profile_fit = 'Strong' then 1 end
            when 'level_is_c_suite' then case when s.level = 'c_suite' then 1 end
            when 'is_incoming' then case when s.change_type in ('new_hire', 'promotion') then 1 end
            when 'is_planned' then case when s.modality = 'planned' then 1 end
            when 'is_rumour' then case when s.modality = 'rumour' then 1 end
        end as times
    from signals as s
    inner join {{ ref('strength_rules') }} as r on r.signal_type = s.signal_type or r.signal_type = 'any'
),

counted as (
    select
        signal_id,
        case when at_least is null then rule else {{ dbt.concat(["rule", "' '", "cast(at_least as " ~ dbt.type_string() ~ ")"]) }} end as rule,
        reason,
        cast(points * times as bigint) as points
    from matched
    where times is not null and points * times <> 0
),

totals as (
    select signal_id, sum(points) as total from counted group by signal_id
)

select signal_id, rule, reason, points from counted
union all
select
    signal_id, 'clamp' as rule,
    case when total > 100 then 'Never above 100' else 'Never below 0' end as reason,
    cast(greatest(0, least(100, total)) - total as bigint) as points
from totals
where total > 100 or total < 0
