"""The exam, measured on invented tables: leaks found, honest columns named, skill found or rightly not, drift told.

`exam_tables.py` → `leaks.suspects` and `exam.judge` → one JSON object.
Run: python -m benchmarks.exam [--seeds 2] [--judged 20] [--drifting 5]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from typing import Any

from benchmarks.exam_tables import HONEST, LEAKS, PAIRS, drifting, leads, with_columns
from ml.exam import judge
from ml.leaks import suspects
from ml.table import of_frame

SIZES = ((300, 0.3), (1000, 0.05), (1000, 0.5), (3000, 0.2), (8000, 0.01), (3000, 0.8))  # rows, rate of yes
SKILLS = {"none": 0.0, "weak": 0.25, "good": 1.0}
JUDGED_ROWS, JUDGED_RATE = 4000, 0.2
DRIFTS = (("steady", 0.5), ("against", 0.3), ("against", 0.5), ("against", 0.85), ("against", 0.95), ("nothing", 0.5), ("nothing", 0.9),
          ("slowly", 0.7), ("slowly", 0.9))  # fmt: skip


def named(rows: int, rate: float, seed: int, makers: dict[str, Any]) -> dict[str, list[str]]:
    """The suspects among the earlier four fifths of a table with these columns."""
    table = of_frame(with_columns(leads(rows, rate, seed), makers, seed), "won", "created_at")
    return suspects(table.rows(slice(0, int(rows * 0.8))))


def leaks(seeds: int) -> dict[str, Any]:
    """Each leak alone among honest columns, and all strong honest columns together, in tables of each size."""
    own = set(leads(50, 0.5, 0).columns)
    missed: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    planted = honest = 0
    for seed in range(seeds):
        for rows, rate in SIZES:
            for name, maker in (LEAKS | PAIRS).items():
                found = set(named(rows, rate, 100 * seed + rows, {name: maker}))
                missed[name] += not found - own
                accused.update(found & own)
                planted += 1
            accused.update(list(named(rows, rate, 100 * seed + rows, HONEST)))
            honest += len(HONEST)
    return {"planted": planted, "found": planted - missed.total(), "missed": dict(+missed), "honest": honest, "accused": dict(accused)}


def skills(judged: int) -> dict[str, Any]:
    """How many tables of each skill the exam lets stand, and their mean AUC on the last fifth."""
    out = {}
    for name, skill in SKILLS.items():
        reports = [judge(of_frame(leads(JUDGED_ROWS, JUDGED_RATE, 7000 + seed, skill), "won", "created_at")) for seed in range(judged)]
        aucs = [r["auc"] for r in reports if r["auc"] is not None]
        out[name] = {
            "tables": judged,
            "stand": sum(not r["abstains"] for r in reports),
            "probabilities_right": sum(bool(r["probabilities"] and r["probabilities"]["are_right"]) for r in reports),
            "auc": round(sum(aucs) / len(aucs), 3) if aucs else None,
        }
    return out


def drifts(judged: int) -> dict[str, Any]:
    """Of tables whose strongest column turns round or fades: how many are let stand, and in how many the column, or another, is told of."""
    out = {}
    for how, at in DRIFTS:
        tables = [drifting(JUDGED_ROWS, 9000 + seed, how, at) for seed in range(judged)]
        reports = [judge(of_frame(t.astype(str), "won", "created_at")) for t in tables]
        told = [{d["column"] for d in r["drift"]} for r in reports]
        out[f"{how} since {at:g}"] = {
            "tables": judged,
            "abstain": sum(r["abstains"] for r in reports),
            "newest_rows_named": sum("in the newest" in (r["abstained_because"] or "") for r in reports),
            "told_of_budget": sum("budget" in t for t in told),
            "told_of_others": sum(bool(t - {"budget"}) for t in told),
        }
    return out


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--seeds", type=int, default=2, help="tables of each size for the leaks")
    ask.add_argument("--judged", type=int, default=20, help="tables of each skill")
    ask.add_argument("--drifting", type=int, default=5, help="tables of each kind of drift")
    told = ask.parse_args()
    begun = time.process_time()
    found = {"leaks": leaks(told.seeds), "skills": skills(told.judged), "drifts": drifts(told.drifting)}
    print(json.dumps(found | {"cpu_s": round(time.process_time() - begun, 1)}))


if __name__ == "__main__":
    main()
