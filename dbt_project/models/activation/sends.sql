{# What was sent, refused or left unknown, up to the run's day; the newest word on each effect. #}
with source as (
    select
        s.*,
        row_number() over (partition by s.effect_id order by s.dt desc, s.plan_hash) as version_rank
    from {{ lake('sends') }} as s
    where s.dt <= {{ to_day() }}
)

select
    effect_id, plan_hash, row_id, outbox_id, destination, object, operation, natural_key, status, vendor_id,
    company_id, person_id, email_key, signal_id, signal_type, is_probe, refused_because,
    intended_at, sent_at, confirmed_at,
    dt
from source
where version_rank = 1
