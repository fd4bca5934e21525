{# Companies that somebody tracks (CRM, intent vendor, product), each from the day on which the record was linked. Ids as of that day. #}
select l.company_id, min(l.dt) as first_dt
from {{ lake('company_links') }} as l
inner join {{ ref('mentions') }} as m on m.mention_id = l.mention_id
where m.dataset in ('salesforce__accounts', 'product_db__users', 'sixsense__account_scores', 'sixsense__segment_members') and l.dt <= {{ to_day() }}
group by l.company_id
