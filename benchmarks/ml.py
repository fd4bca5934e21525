"""Learning, measured: scoring and explaining many accounts, one account, and what bare XGBoost does on the same rows.

Run: python -m benchmarks.ml [--accounts 50000] [--months 24]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from typing import Any

import numpy as np
import pandas as pd

from ml.features import matrix
from ml.model import Config, learn
from ml.score import reasons, score, table_of
from ml.table import of_frame

COLUMNS = tuple(f"x{i}" for i in range(30))


def accounts(rows: int, seed: int) -> pd.DataFrame:
    r = np.random.default_rng(seed)
    frame = pd.DataFrame({c: r.normal(size=rows).astype(np.float64) for c in COLUMNS})
    frame["dt"] = "2026-01-31"
    frame["company_id"] = [f"c{i}" for i in range(rows)]
    return frame


def measure(rows: int = 50_000, months: int = 24, singles: int = 500) -> dict[str, Any]:
    """Seconds and rates; `explained_s` covers `months` month-ends of `rows` accounts, each scored and explained in full."""
    import xgboost

    seen = accounts(20_000, 1)
    seen["y"] = (np.random.default_rng(2).random(len(seen)) < 1 / (1 + np.exp(-seen["x0"] - 0.5 * seen["x1"]))).astype(int)
    model = learn(
        of_frame(seen.drop(columns=["dt", "company_id"]), "y"), list(COLUMNS), Config("both", ("linear", "tree"), depth=2, rounds=50)
    )
    day = accounts(rows, 3)
    started = time.perf_counter()
    for _ in range(months):
        score(day, model)
        model.reasons(table_of(day, model.columns))
    explained = time.perf_counter() - started
    one = day.head(1)
    took = []
    for _ in range(singles):
        begun = time.perf_counter()
        score(one, model)
        took.append(time.perf_counter() - begun)
    many = accounts(200_000, 4)
    begun = time.perf_counter()
    score(many, model)
    ours = time.perf_counter() - begun
    table = table_of(many, model.columns)
    data = [(m, matrix(table, m.features)) for m in model.members]
    begun = time.perf_counter()
    for member, values in data:
        member.booster.predict(xgboost.DMatrix(values))
    bare = time.perf_counter() - begun
    begun = time.perf_counter()
    reasons(day.head(5000), model)
    return {
        "accounts": rows, "months": months, "explained_s": round(explained, 1), "explained_rows_per_s": round(rows * months / explained),
        "one_p50_ms": round(float(np.quantile(took, 0.5)) * 1000, 2),
        "one_p99_ms": round(float(np.quantile(took, 0.99)) * 1000, 2), "scored_rows_per_s": round(len(many) / ours),
        "share_of_bare_xgboost": round(bare / ours, 2), "reason_rows_5000_s": round(time.perf_counter() - begun, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--accounts", type=int, default=50_000)
    ask.add_argument("--months", type=int, default=24)
    told = ask.parse_args()
    print(json.dumps(measure(told.accounts, told.months)))


if __name__ == "__main__":
    main()
