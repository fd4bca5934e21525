"""What the rule score reads: signal evidence, merges and inhibitors, shaped so that any day can be cut out of it.

warehouse `signals.signal_evidence`, `identity.company_canonical`, `signals.int_inhibitors` → `Inputs.live(day)` → `rules.score_day`.
As of D means rows with dt <= D, nothing else: evidence is never changed later, so a day cut out of a range equals the day alone.
Days are whole numbers here (days since 1970-01-01): millions of them are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.rules.names import nearest
from signals_pipeline.rules.seeds import seed
from signals_pipeline.scoring.rules import Rules, half_up

_EPOCH = date(1970, 1, 1)
_FOREVER = 10_000_000
_CERTAIN = 0.9999  # no number of sources makes a thing certain

# a rumour never becomes a dated fact, so it never becomes points; the row that confirms it does
_KNOWN = """
    e.dt <= ? and coalesce(e.modality, 'done') <> 'rumour'
    and e.signal_id in (select f.signal_id from signals.signal_evidence as f where f.is_first and f.dt >= ?)
"""
EVIDENCE = f"""
    select e.signal_id, e.signal_type, e.company_id, e.user_id, e.dataset, e.confidence, e.report_number, e.evidence_id,
        coalesce(e.occurred_at, e.known_at) as happened_at, cast(coalesce(e.occurred_at, e.known_at) as date) as happened_on, e.dt
    from signals.signal_evidence as e
    where {_KNOWN}
"""
FIRST = f"""
    select signal_id, signal_type, dataset, known_at_basis, change_type, title, level, department, round_type,
        currency, amount, other_company_name, deal_stage, place, subject, buying_stage, form
    from (
        select e.*, f.form,
            row_number() over (partition by e.signal_id order by e.dt, e.report_number, e.evidence_id) as place_in_line
        from signals.signal_evidence as e
        left join sources.stg_sec_edgar__filings as f
            on e.dataset = 'sec_edgar__filings' and f.record_key = e.record_key
        where {_KNOWN}
    ) as lines
    where place_in_line = 1
"""
INHIBITORS = """
    select company_id, inhibitor as signal_type, since as happened_on, dt as known_from, until as known_to
    from signals.int_inhibitors
    where dt <= ? and company_id is not null
"""
MERGES = "select company_id, canonical_id, valid_from, valid_to from identity.company_canonical"
_ONE_AT_A_TIME = ("intent", "product")  # families of which the newest of a kind stands, as in `signals.buying_signals`


@dataclass(frozen=True)
class Inputs:
    """`states`: one row per signal and span of days in which what we knew of it did not change."""

    states: pd.DataFrame  # as `states_of` gives them
    merges: pd.DataFrame  # company_id, canonical_id, valid_from, valid_to (inclusive)
    inhibitors: pd.DataFrame  # company_id, signal_type, happened_on, known_from, known_to (exclusive)
    facts: Mapping[str, Mapping[str, Any]]  # signal_id → columns of its first-known record

    def live(self, day: date) -> pd.DataFrame:
        """Rows for `rules.score_day`: every signal known by the day and not superseded on it, and the day's inhibitors."""
        at = number_of(day)
        known = self.states[(self.states["known_from"] <= at) & (self.states["known_to"] > at)]
        into = self.canonical(day)
        known = unsuperseded(known.assign(company_id=known["company_id"].map(lambda c: into.get(c, c))))
        rows = known[["company_id", "signal_id", "signal_type", "confidence"]].assign(age_days=at - known["happened_on"])
        said = self.inhibitors
        said = said[(said["known_from"] <= at) & (said["happened_on"] <= at) & (said["known_to"] > at)]
        against = said[["company_id", "signal_type"]].assign(signal_id=None, confidence=1.0, age_days=at - said["happened_on"])
        against = against.sort_values(["age_days", "company_id"], kind="stable")
        against["company_id"] = against["company_id"].map(lambda c: into.get(c, c))
        against = against.drop_duplicates(["company_id", "signal_type"])  # merged companies may share one: the freshest counts
        return pd.concat([rows, against[list(rows.columns)]], ignore_index=True) if len(against) else rows.reset_index(drop=True)

    def canonical(self, day: date) -> dict[str, str]:
        """Company ids that point elsewhere on a day, and where to."""
        at = number_of(day)
        valid = self.merges[(self.merges["valid_from"] <= at) & (self.merges["valid_to"] >= at)]
        return dict(zip(valid["company_id"], valid["canonical_id"], strict=True))


def number_of(day: date) -> int:
    return (day - _EPOCH).days


def read(warehouse: Warehouse, rules: Rules, since: date, until: date) -> Inputs:
    """Everything needed to score since..until. Raises Transient while the signals stage is not built."""
    # what we first heard of longer ago than this cannot be alive, even if it was a plan for the next year
    horizon = since - timedelta(days=int(max(rules.half_lives.values()) * rules.live_half_lives) + 366)
    evidence = _frame(warehouse.query(EVIDENCE, (until, horizon)))  # inhibitors among it come by the features
    facts = {row["signal_id"]: row for row in warehouse.query(FIRST, (until, horizon)).to_pylist()}
    return Inputs(
        states_of(evidence[~evidence["signal_type"].isin(list(rules.inhibitors))]),
        _frame(warehouse.query(MERGES)),
        _frame(warehouse.query(INHIBITORS, (until,))),
        facts,
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    """A table as a data frame with its dates as day numbers."""
    for position, field in enumerate(table.schema):
        if pa.types.is_date32(field.type):
            table = table.set_column(position, field.name, table[field.name].cast(pa.int32()).cast(pa.int64()))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def reliabilities() -> dict[str, tuple[str, float]]:
    """dataset → (independent source, how often it is right)."""
    return {str(r["dataset"]): (str(r["source"]), float(r["reliability"] or 0)) for r in seed("source_reliability")}


def unsuperseded(known: pd.DataFrame) -> pd.DataFrame:
    """Of what is known on a day, without what a newer signal of the same kind, company and user superseded.

    Told by what was known on the day alone: a successor that was reported later, or belonged to another company, superseded nothing.
    """
    families = {str(r["signal_type"]): str(r["family"]) for r in seed("signal_types")}
    is_one = known["signal_type"].map(families).isin(_ONE_AT_A_TIME)
    order = known[is_one].sort_values(["happened_at", "signal_id"], kind="stable")
    superseded = order.index[order.duplicated(["company_id", "signal_type", "user_id"], keep="last")]
    return known.drop(index=superseded)


def states_of(evidence: pd.DataFrame) -> pd.DataFrame:
    """Evidence as spans of knowledge: signal_id, signal_type, company_id, user_id, confidence, happened_at, happened_on, known_from,
    known_to (exclusive); days are numbers.

    Confidence grows with independent sources: 1 - prod(1 - reliability * the extractor's own confidence); two records of
    one source are one. It happened at the earliest that a report said so far. The company is the first that any record named,
    from the day on which it did; a signal without a company scores nobody. `signals.int_episode_spans` says the same in SQL.
    Raises Permanent for a dataset without reliability.
    """
    known = reliabilities()
    if strange := sorted(set(evidence["dataset"]) - set(known)):
        raise Permanent(f"source_reliability.csv has no row for {', '.join(strange)}{nearest(strange[0], known)}")
    frame = evidence.sort_values(["signal_id", "dt", "report_number", "evidence_id"], kind="stable", ignore_index=True)
    reliability = frame["dataset"].map({d: r for d, (_, r) in known.items()}).to_numpy(float)
    frame["source"] = frame["dataset"].map({d: s for d, (s, _) in known.items()})
    own = frame["confidence"].astype(float).fillna(1.0).to_numpy()
    doubt = np.log1p(-np.minimum(reliability * np.clip(own, 0.0, 1.0), _CERTAIN))
    frame["doubt"] = np.where(frame.duplicated(["signal_id", "source"]), 0.0, doubt)
    signals = frame.groupby("signal_id", sort=False)
    frame["confidence"] = half_up(-np.expm1(signals["doubt"].cumsum().to_numpy()), 6)
    is_placed = frame["company_id"].notna().groupby(frame["signal_id"], sort=False).cummax()
    frame["company_id"] = signals["company_id"].transform("first").where(is_placed)
    frame["happened_on"] = signals["happened_on"].cummin()
    frame["happened_at"] = signals["happened_at"].cummin()
    frame = frame.drop_duplicates(["signal_id", "dt"], keep="last", ignore_index=True)
    frame["known_from"] = frame["dt"]
    following = frame.groupby("signal_id", sort=False)["dt"].shift(-1).fillna(_FOREVER)
    frame["known_to"] = following.astype(np.int64)
    frame = frame[frame["company_id"].notna() & frame["happened_on"].notna()]
    columns = ["signal_id", "signal_type", "company_id", "user_id", "confidence", "happened_at", "happened_on", "known_from", "known_to"]
    return frame[columns].astype({"happened_on": np.int64}).reset_index(drop=True)
