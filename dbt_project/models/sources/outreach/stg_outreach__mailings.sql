with source as (
    select * from {{ newest_snapshot('outreach__mailings') }} as s
),

renamed as (
    select
        record_key, mailing_id, prospect_id, sequence_id, sequence_state_id, mailbox_id,
        state,
        delivered_at, opened_at, clicked_at, replied_at, bounced_at, unsubscribed_at, created_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
