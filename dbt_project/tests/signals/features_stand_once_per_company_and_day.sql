{# One row per company and day. #}
select company_id, dt, count(*) as times
from {{ ref('account_features') }}
where dt between {{ from_day() }} and {{ to_day() }}
group by company_id, dt
having count(*) > 1
