{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('mentions', 'mention_id') }}",
    post_hook="{{ note_days('mentions') }}"
) }}
{# The latest content of each mention of a company as of the run's day. #}
with source as (
    select
        m.*,
        row_number() over (partition by m.mention_id order by m.dt desc, m.known_at desc nulls last, m.record_key, m.role) as version_rank
    from {{ rows_not_held('mentions', 'mention_id') }} as m
),

renamed as (
    select
        mention_id, dataset, record_key, role, cik, registry_id, account_id_salesforce, crunchbase_id,
        name, domain, country, state, city, industry, employees, known_at, dt
    from source
    where version_rank = 1
)

select * from renamed
