{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('product_db__users', 'record_key', 'raw') }}",
    post_hook="{{ note_days('product_db__users') }}"
) }}
{# Pulled by watermark: the newest row of each user. #}
with source as (
    select
        u.*,
        row_number() over (
            partition by u.record_key order by u.dt desc, u.known_at desc nulls last, u.pulled_at desc nulls last, u.payload desc nulls last
        ) as version_rank
    from {{ rows_not_held('product_db__users', 'record_key', 'raw') }} as u
),

renamed as (
    select
        record_key, user_id, email_key, domain,
        company_name, plan_type, country,
        company_size, team_members,
        signup_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
