"""Learning, measured: scoring and explaining many accounts, one account, and what bare XGBoost does on the same rows.

Ratios are medians over repeats in which ours and theirs take turns, so that a busy machine slows both. Every number is measured, none
extrapolated. Run: python -m benchmarks.ml [--accounts 50000] [--months 24] [--many 1000000]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ml.boosting import learn
from ml.features import matrix
from ml.model import Model
from ml.score import reasons, score, table_of
from ml.table import Surrogate, of_frame
from ml.train import CONFIGS

BIGGEST = next(c for c in CONFIGS if "surrogate" in c.shapes)
COLUMNS = tuple(f"x{i}" for i in range(30))


def accounts(rows: int, seed: int) -> pd.DataFrame:
    r = np.random.default_rng(seed)
    frame = pd.DataFrame({c: r.normal(size=rows).astype(np.float64) for c in COLUMNS})
    frame["dt"] = "2026-01-31"
    frame["company_id"] = [f"c{i}" for i in range(rows)]
    return frame


def learned() -> Model:
    """The biggest configuration: deep trees that foretell what leads to a yes, then small ones."""
    seen, r = accounts(20_000, 1), np.random.default_rng(2)
    leads = r.random(len(seen)) < 1 / (1 + np.exp(-seen["x0"] - 0.5 * seen["x1"] * seen["x2"]))
    seen["y"] = (leads & (r.random(len(seen)) < 0.2)).astype(int)
    told = of_frame(seen.drop(columns=["dt", "company_id"]), "y")
    days = np.where(leads, 1.0, np.inf)
    return learn(replace(told, surrogate=Surrogate(days, leads.to_numpy(dtype=float))), list(COLUMNS), BIGGEST)


def measure(rows: int = 50_000, months: int = 24, many: int = 1_000_000, singles: int = 1000) -> dict[str, Any]:
    """Seconds and rates; `explained_s` covers `months` month-ends of `rows` accounts, each scored and explained in full."""
    model = learned()
    day = accounts(rows, 3)
    took = [seconds(lambda: (score(day, model), model.reasons(table_of(day, model.columns)))) for _ in range(months)]
    one = day.head(1)
    single = [seconds(lambda: score(one, model)) for _ in range(singles)]
    worked = [seconds(lambda: score(one, model), time.process_time) for _ in range(singles)]
    worded = seconds(lambda: reasons(day, model))
    ours, ratios = against_bare(accounts(many, 4), model)
    return {
        "accounts": rows, "months": months, "explained_s": round(sum(took), 1), "explained_rows_per_s": round(rows * months / sum(took)),
        "one_p50_ms": round(float(np.quantile(single, 0.5)) * 1000, 2), "one_p99_ms": round(float(np.quantile(single, 0.99)) * 1000, 2),
        "one_p99_cpu_ms": round(float(np.quantile(worked, 0.99)) * 1000, 2),  # without the waits for a busy processor
        "many": many, "scored_rows_per_s": round(many / ours), "share_of_bare_xgboost": round(float(np.median(ratios)), 2),
        "share_of_bare_xgboost_each": [round(r, 2) for r in ratios], "reason_rows_s": round(worded, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def against_bare(many: pd.DataFrame, model: Model, repeats: int = 5) -> tuple[float, list[float]]:
    """(median seconds of ours, from a frame to rows of scores; bare seconds over ours, one a repeat). Bare XGBoost gets ready matrices."""
    import xgboost

    table = table_of(many, model.columns)
    data = [(m, matrix(table, m.features)) for m in model.members]

    def bare() -> None:
        for member, values in data:
            member.booster.predict(xgboost.DMatrix(values))

    pairs = [(seconds(lambda: score(many, model)), seconds(bare)) for _ in range(repeats)]
    return float(np.median([ours for ours, _ in pairs])), [theirs / ours for ours, theirs in pairs]


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    work()
    return clock() - begun


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--accounts", type=int, default=50_000)
    ask.add_argument("--months", type=int, default=24)
    ask.add_argument("--many", type=int, default=1_000_000)
    told = ask.parse_args()
    print(json.dumps(measure(told.accounts, told.months, told.many)))


if __name__ == "__main__":
    main()
