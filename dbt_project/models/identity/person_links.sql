{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('person_links', 'person_record_id') }}",
    post_hook="{{ note_days('person_links') }}"
) }}
{# The newest link of each person record as of the run's day. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.person_record_id order by l.dt desc, l.person_id) as version_rank
    from {{ rows_not_held('person_links', 'person_record_id') }} as l
),

renamed as (
    select person_record_id, person_id, company_id, method, probability, dt
    from source
    where version_rank = 1
)

select * from renamed
