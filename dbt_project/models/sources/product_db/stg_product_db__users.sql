with source as (
    select * from {{ newest_of_each('product_db__users') }} as s
),

renamed as (
    select
        record_key, user_id, email_key, domain,
        company_name, plan_type, country,
        company_size, team_members,
        signup_at, updated_at, occurred_at, known_at, known_at_basis, pulled_at,
        dt
    from source
    where version_rank = 1
)

select * from renamed
