"""Judge a data frame by a named suite: `suites/<gate>.json` → Great Expectations → a plain `GateResult`.

Great Expectations is imported inside the call (it takes seconds), in an ephemeral context that is kept for the six gates: no file is
written, nothing is reported home. Results are BOOLEAN_ONLY, since every other format copies values; rows are named by `key` here instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

SUITES = Path(__file__).parent / "suites"
GATES = (
    "suppression_inputs_fresh",
    "volumes_as_expected",
    "identity_sane",
    "scores_sane",
    "outbox_obeys_policy",
    "plan_within_caps",
)
KEY = "key"
NAMED = 10  # keys named per failure


@dataclass(frozen=True)
class GateResult:
    """`failures`: one sentence per failed critical expectation, rows named by key. `warnings`: the same for lesser ones."""

    gate: str
    passed: bool
    failures: tuple[str, ...]
    rows_judged: int
    warnings: tuple[str, ...] = ()


def judge(gate: str, frame: pd.DataFrame) -> GateResult:
    """Judge a frame with a unique `key` column. An expectation that cannot be evaluated (a column is missing) fails.

    Raises ValueError for an unknown gate, and for a frame without keys.
    """
    suite = suite_of(gate)
    if KEY not in frame.columns or frame[KEY].isna().any() or frame[KEY].duplicated().any():
        raise ValueError(f"{gate}: the frame needs a unique, non-null column `{KEY}`")
    failures: list[str] = []
    warnings: list[str] = []
    for expectation, passed in _verdicts(gate, suite, frame):
        if not passed:
            (failures if expectation.get("severity", "critical") == "critical" else warnings).append(_sentence(expectation, frame))
    return GateResult(gate, not failures, tuple(failures), len(frame), tuple(warnings))


def suite_of(gate: str) -> dict[str, Any]:
    """The suite's JSON. Raises ValueError for an unknown gate or a suite that expects nothing."""
    if gate not in GATES:
        raise ValueError(f"no gate {gate}; known: {', '.join(GATES)}")
    suite: dict[str, Any] = json.loads((SUITES / f"{gate}.json").read_text(encoding="utf-8"))
    if not suite.get("expectations"):
        raise ValueError(f"suites/{gate}.json expects nothing")
    return suite


def _verdicts(gate: str, suite: Mapping[str, Any], frame: pd.DataFrame) -> list[tuple[dict[str, Any], bool]]:
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    expectations = [
        ExpectationConfiguration(type=e["type"], kwargs=e["kwargs"], meta={"position": position}).to_domain_obj()
        for position, e in enumerate(suite["expectations"])
    ]
    batch = _asset(gate).get_batch(batch_parameters={"dataframe": frame})
    told = batch.validate(gx.ExpectationSuite(name=gate, expectations=expectations), result_format="BOOLEAN_ONLY")
    if len(told.results) != len(suite["expectations"]):
        raise ValueError(f"{gate}: {len(told.results)} verdicts for {len(suite['expectations'])} expectations")
    verdict = {r.expectation_config.meta["position"]: bool(r.success) for r in told.results}
    return [(e, verdict[position]) for position, e in enumerate(suite["expectations"])]


@cache
def _asset(gate: str) -> Any:
    return _source().add_dataframe_asset(gate).add_batch_definition_whole_dataframe("whole")


@cache
def _source() -> Any:
    """The pandas source of the one ephemeral context of this process."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(), analytics_enabled=False, progress_bars=ProgressBarsConfig(globally=False)
    )
    return gx.get_context(project_config=config, mode="ephemeral").data_sources.add_pandas("gates")


def _sentence(expectation: Mapping[str, Any], frame: pd.DataFrame) -> str:
    says = expectation.get("meta", {}).get("says") or f"{expectation['type']} {json.dumps(expectation['kwargs'], sort_keys=True)}"
    offenders = _offenders(expectation["type"], expectation["kwargs"], frame)
    if not offenders:
        return str(says)
    more = f" and {len(offenders) - NAMED} more" if len(offenders) > NAMED else ""
    return f"{says}: {', '.join(offenders[:NAMED])}{more}"


def _offenders(kind: str, kwargs: Mapping[str, Any], frame: pd.DataFrame) -> list[str]:
    """Keys of the rows that an expectation on values does not like; none for expectations on the whole frame."""
    column = kwargs.get("column")
    if column is None or column not in frame.columns:
        return []
    values = frame[column]
    if kind == "expect_column_values_to_not_be_null":
        bad = values.isna()
    elif kind == "expect_column_values_to_be_in_set":
        bad = values.notna() & ~values.isin(list(kwargs["value_set"]))
    elif kind == "expect_column_values_to_be_between":
        low, high = kwargs.get("min_value"), kwargs.get("max_value")
        bad = values.notna() & (((values < low) if low is not None else False) | ((values > high) if high is not None else False))
    else:
        return []
    return sorted(str(k) for k in frame.loc[bad, KEY])
