{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_changed('product_db__daily_events') }}",
    post_hook="{{ note_days('product_db__daily_events') }}"
) }}
with source as (
    select * from {{ first_of_each('product_db__daily_events') }} as s
),

renamed as (
    select
        record_key, user_id,
        event_type,
        event_count,
        event_date, loaded_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
