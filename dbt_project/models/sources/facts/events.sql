{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_keys('events', 'event_id') }}",
    post_hook="{{ note_days('events') }}"
) }}
{# An event never changes: the row under its earliest dt stands, whatever a later extractor says. #}
with source as (
    select
        e.*,
        row_number() over (partition by e.event_id order by e.dt, e.dataset, e.record_key, e.extractor_version nulls last) as version_rank
    from {{ rows_not_held('events', 'event_id') }} as e
),

renamed as (
    select
        event_id, dataset, record_key, mention_id, other_mention_id, person_record_id, accession,
        signal_type, modality, other_company_name, change_type, title, level, department, round_type, currency,
        amount_qualifier, investors, deal_stage, subject, place, trigger as trigger_words, source_url, source_row,
        extractor, extractor_version, known_at_basis,
        confidence, amount, amount_usd, offering_amount, valuation, span_start, span_end,
        effective_on, occurred_at, known_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
