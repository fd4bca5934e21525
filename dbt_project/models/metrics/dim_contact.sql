{{ config(tags=['mart']) }}
{# Contacts for analysts, by keys: no names, no addresses. #}
select
    contact_key, person_id, company_id, email_key,
    contact_id_salesforce, lead_id_salesforce, prospect_id_outreach, user_id_product,
    level, department, country, persona_rank, is_persona,
    first_dt
from {{ ref('int_contacts') }}
