{# The latest reading of each document as of the run's day. #}
with source as (
    select
        d.*,
        row_number() over (partition by d.document_id order by d.dt desc, d.extractor_version desc nulls last) as version_rank
    from {{ lake('documents') }} as d
    where d.dt <= {{ to_day() }}
),

renamed as (
    select document_id, dataset, record_key, form, items, reason, extractor, extractor_version, events, dt
    from source
    where version_rank = 1
)

select * from renamed
