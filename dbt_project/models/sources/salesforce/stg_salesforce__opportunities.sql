with source as (
    select * from {{ newest_snapshot('salesforce__opportunities') }} as s
),

renamed as (
    select
        record_key, opportunity_id, account_id, owner_id, primary_contact_id,
        name, stage_name, currency, loss_reason, competitor,
        amount,
        is_closed, is_won,
        close_date, created_at, last_modified_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1 and not coalesce(is_deleted, false)
)

select * from renamed
