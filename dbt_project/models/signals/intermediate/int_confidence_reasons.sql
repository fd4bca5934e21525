{# Confidence = 1 - product of (1 - reliability) over independent sources. Two reports of one release, or of one feed, are one source.
   Points are differences of the rounded running confidence, so they add up to it. #}
with reports as (
    select
        signal_id, dataset, source, reliability,
        coalesce(nullif(source_url, ''), nullif(accession, ''), dataset) as release_key
    from {{ ref('int_signal_reports') }}
),

releases as (
    select
        signal_id, dataset, source, reliability,
        row_number() over (partition by signal_id, release_key order by reliability desc, dataset, source) as release_rank
    from reports
),

feeds as (
    select signal_id, dataset, min(source) as source, max(reliability) as reliability
    from releases
    where release_rank = 1
    group by signal_id, dataset
),

running as (
    select
        signal_id, dataset, source, reliability,
        row_number() over (partition by signal_id order by reliability desc, dataset) as source_rank,
        sum(cast(ln(cast(1 - reliability as {{ double_type() }})) as numeric(18, 8)))
            over (partition by signal_id order by reliability desc, dataset rows between unbounded preceding and current row) as log_doubt
    from feeds
),

rounded as (
    select
        signal_id, dataset, source, reliability, source_rank,
        cast({{ score('100 * (1 - exp(cast(log_doubt as ' ~ double_type() ~ ')))', 0) }} as bigint) as confidence
    from running
)

select
    signal_id,
    dataset as rule,
    case
        when source_rank = 1 then {{ dbt.concat(["'Reported by '", 'source']) }}
        else {{ dbt.concat(["'Also reported by '", 'source']) }}
    end as reason,
    confidence - coalesce(lag(confidence) over (partition by signal_id order by source_rank), 0) as points
from rounded
