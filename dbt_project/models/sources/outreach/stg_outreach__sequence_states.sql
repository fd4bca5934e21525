with source as (
    select * from {{ newest_snapshot('outreach__sequence_states') }} as s
),

renamed as (
    select
        record_key, sequence_state_id, prospect_id, sequence_id, mailbox_id,
        state,
        deliver_count, reply_count, bounce_count, opt_out_count,
        replied_at, state_changed_at, created_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
