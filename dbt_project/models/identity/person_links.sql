{# The newest link of each person record as of the run's day. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.person_record_id order by l.dt desc, l.person_id) as version_rank
    from {{ lake('person_links') }} as l
    where l.dt <= {{ to_day() }}
),

renamed as (
    select person_record_id, person_id, company_id, method, probability, dt
    from source
    where version_rank = 1
)

select * from renamed
