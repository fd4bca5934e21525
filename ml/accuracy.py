"""Accuracy on public tables that nobody here made: bank marketing, a marketing funnel, CRM opportunities. Prints the report's path last.

`../shared/data/lead_scoring` → `exam.judge`, `hazard` → JSON. Rows are in time order; the last fifth judges once; nothing is chosen on it.
Run: python -m ml.accuracy [--data FOLDER] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ml import metrics
from ml.corpora import relations
from ml.exam import exam, judge, measure
from ml.features import fit, matrix, training_matrix
from ml.hazard import learn_hazard
from ml.table import Table, of_frame

REPOSITORY = Path(__file__).resolve().parents[1]
DATA = REPOSITORY.parent / "shared" / "data" / "lead_scoring"
NEWS = DATA.parent / "news" / "company_relations_core"
OUT = REPOSITORY / ".signals" / "accuracy.json"
BANK = (
    "age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "duration", "campaign", "pdays",
    "previous", "poutcome", "emp_var_rate", "cons_price_idx", "cons_conf_idx", "euribor3m", "nr_employed", "y",
)  # fmt: skip
GRID = np.arange(1.0, 151.0)
TARGETS = {"bank": {"auc": 0.71, "ap": 0.55}, "olist": {"auc": 0.72}}


def bank(folder: Path) -> dict[str, Any]:
    """UCI bank marketing in row order, call duration left out: it is known only after the call."""
    return exam(folder / "bank_marketing" / "bank_additional_full.csv", "y", "row", names=BANK, exclude=("duration",))


def maven(folder: Path) -> dict[str, Any]:
    """CRM opportunities, won or lost, by the day of engagement, with all that is known of account, product and team."""
    here = folder / "crm_sales_opportunities"
    deals = _read(here / "maven.csv")
    for table, key in (("maven_accounts", "account"), ("maven_products", "product"), ("maven_sales_teams", "sales_agent")):
        deals = deals.merge(_read(here / f"{table}.csv"), on=key, how="left")
    return judge(of_frame(deals, "deal_stage", "engage_date"))


def olist(folder: Path, within: float = 60.0) -> dict[str, Any]:
    """Marketing-qualified leads: closed within 60 days of first contact, and when.

    `auc` is the plain yes/no exam: labels of the training rows may have come true up to 60 days after the cut.
    `ibs` and `hazard` are stricter: hazards learned from what was known at the cut (the rest censored), against Kaplan-Meier
    with the same knowledge.
    """
    here = folder / "olist_marketing_funnel"
    leads = _read(here / "olist_mql.csv").merge(_read(here / "olist_closed.csv")[["mql_id", "won_date"]], on="mql_id", how="left")
    took = (pd.to_datetime(leads["won_date"]) - pd.to_datetime(leads["first_contact_date"])).dt.total_seconds() / 86400
    leads["days"] = took.fillna(np.inf)
    leads["closed"] = (leads["days"] <= within).astype(int)
    everything = of_frame(leads.drop(columns=["won_date", "mql_id"]), "closed", "first_contact_date")
    days = everything.columns["days"]
    columns = [c for c in everything.columns if c != "days"]
    table = everything.only(columns)
    cut = int(len(table) * 0.8)
    seen, last, moment = table.rows(slice(0, cut)), table.rows(slice(cut, len(table))), float(table.order[cut])
    hazard = learn_hazard(seen, days[:cut], columns, moment)
    watched = moment - seen.order
    known, happened = np.minimum(np.maximum(days[:cut], 0), watched), days[:cut] <= watched
    km = metrics.kaplan_meier(known, happened.astype(float), GRID)
    cox = _cox(seen, last, known, happened, days[cut:], columns)
    return {
        **judge(table),
        "ibs": round(metrics.integrated_brier(days[cut:], hazard.alive(last, GRID), GRID), 5),
        "km_ibs": round(metrics.integrated_brier(days[cut:], np.tile(km, (len(last), 1)), GRID), 5),
        "ibs_days": [float(GRID[0]), float(GRID[-1])],
        "hazard": {**measure(last.y, hazard.by(last, within)), "inner_log_loss": hazard.tried, "chosen": hazard.model.config.name,
                   "baselines": {"lifelines_cox": cox}},
    }  # fmt: skip


def _cox(seen: Table, last: Table, known: Any, happened: Any, days: Any, columns: Sequence[str]) -> dict[str, float]:
    """Cox regression of lifelines on the same features and the same knowledge."""
    from lifelines import CoxPHFitter

    features = fit(seen, columns, "linear")
    names = [f"x{i}" for i in range(len(features))]
    rows = pd.DataFrame(training_matrix(seen, features), columns=names).assign(days=np.maximum(known, 0.01), happened=happened)
    cox = CoxPHFitter(penalizer=0.1).fit(rows, "days", "happened")
    test = pd.DataFrame(matrix(last, features), columns=names)
    alive = cox.predict_survival_function(test, times=GRID).to_numpy().T
    took = 1 - alive[:, 59]
    return {"auc": round(metrics.auc(last.y, took), 4), "ap": round(metrics.average_precision(last.y, took), 4),
            "ibs": round(metrics.integrated_brier(days, alive, GRID), 5)}  # fmt: skip


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def free_text(folder: Path = NEWS) -> dict[str, Any]:
    """Sentences of news, with nothing of them, with their words, with their sense; or why it was skipped."""
    if not folder.is_dir():
        return {"skipped": f"no corpus at {folder}"}
    started = time.perf_counter()
    return {"news_relations": {**relations(folder), "seconds": round(time.perf_counter() - started, 1)}}


def report(folder: Path = DATA) -> dict[str, Any]:
    """`{"lead_scoring": {bank, olist, maven}}`, or why it was skipped."""
    if not folder.is_dir():
        return {"skipped": f"no public tables at {folder}"}
    out: dict[str, Any] = {}
    for name, exercise in (("bank", bank), ("olist", olist), ("maven", maven)):
        started = time.perf_counter()
        out[name] = exercise(folder)
        out[name]["seconds"] = round(time.perf_counter() - started, 1)
    return {"lead_scoring": out, "targets": TARGETS, "free_text": free_text()}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the report; a line per table, and the path on the last line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data", type=Path, default=DATA)
    ask.add_argument("--out", type=Path, default=OUT)
    told = ask.parse_args(argv)
    found = report(told.data)
    told.out.parent.mkdir(parents=True, exist_ok=True)
    told.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name, row in found.get("lead_scoring", {}).items():
        kept = {k: row[k] for k in ("auc", "ap", "ibs", "km_ibs", "abstains", "leaks", "baselines") if k in row}
        sys.stdout.write(f"{name}: {json.dumps(kept)}\n")
    for name, row in found.get("free_text", {}).items():
        ways = {k: v for k, v in row.get("text", {}).items() if k != "columns"} if isinstance(row, dict) else row
        sys.stdout.write(f"{name}: {json.dumps(ways)}\n")
    if "skipped" in found:
        sys.stdout.write(found["skipped"] + "\n")
    sys.stdout.write(f"{told.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
