with source as (
    select * from {{ newest_snapshot('outreach__mailboxes') }} as s
),

renamed as (
    select
        record_key, mailbox_id, user_id,
        owner_email_key,
        max_emails_per_day,
        is_send_disabled,
        send_errored_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
