{# No evidence is lost on the way to buying_signals, and no signal stands without evidence. #}
select e.signal_id, b.id
from (select distinct signal_id from {{ ref('signal_evidence') }}) as e
full outer join {{ ref('buying_signals') }} as b on b.id = e.signal_id
where b.id is null or e.signal_id is null
