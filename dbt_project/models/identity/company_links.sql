{# A link is made once: the row under its earliest dt stands. `company_id` is the id of that day; fold merges to read it today. #}
with source as (
    select
        l.*,
        row_number() over (partition by l.mention_id order by l.dt, l.company_id) as version_rank
    from {{ lake('company_links') }} as l
    where l.dt <= {{ to_day() }}
),

renamed as (
    select mention_id, company_id, method, decided_by, probability, dt
    from source
    where version_rank = 1
)

select * from renamed
