with source as (
    select * from {{ first_of_each('salesforce__opportunity_history') }} as s
),

renamed as (
    select
        record_key, history_id, opportunity_id,
        stage_name,
        amount,
        is_closed, is_won,
        close_date, created_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
