{# A user who is on the trial plan; dated by the signup, known from the first row that showed the trial (or the signup, when that came later). #}
select
    {{ key(["'product_signup'", 'u.user_id']) }} as evidence_id,
    {{ key(["'product_signup'", 'u.user_id']) }} as episode_key,
    'product_signup' as signal_type,
    'product_db__users' as dataset,
    u.user_id,
    u.user_id as subject,
    cast(null as {{ double_type() }}) as measure,
    u.signup_at as occurred_at,
    u.signup_known_at as known_at,
    greatest(u.first_trial_dt, u.signup_dt) as dt
from {{ ref('int_product_users') }} as u
where u.first_trial_dt is not null and u.signup_at is not null
