{# Every key by which a vendor may speak of a person. What is said about one of them holds for the person:
   an opt-out of an old lead stops the new contact too. #}
with records as (
    select * from {{ ref('person_records') }}
    where person_id is not null
),

keys as (
    select person_id, 'email' as kind, email_key as value from records where email_key is not null
    union
    select person_id, 'contact' as kind, contact_id_salesforce as value from records where contact_id_salesforce is not null
    union
    select person_id, 'lead' as kind, lead_id_salesforce as value from records where lead_id_salesforce is not null
    union
    select person_id, 'prospect' as kind, cast(prospect_id_outreach as {{ dbt.type_string() }}) as value
    from records where prospect_id_outreach is not null
    union
    select person_id, 'user' as kind, user_id_product as value from records where user_id_product is not null
)

select person_id, kind, value from keys
