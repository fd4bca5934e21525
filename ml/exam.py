"""An exam on any table: learn on the earlier 80 % of the rows, judge once on the last 20 %, name leaks, abstain without skill.

CSV or frame → `read` → `leaks.suspects` (earlier rows) → `train.train` (earlier rows) → judged once → one dict.
The same learn-and-judge code as production. Run: `signals exam TABLE.csv --label y --order row --json`, or python -m ml.exam.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import drifted, metrics
from ml.exam_page import ABSTAINS, RANKS, STANDS, page
from ml.features import prose, why_unused
from ml.leaks import suspects
from ml.model import Model
from ml.readings import compared
from ml.skill import probabilities, why_no_skill
from ml.table import BadTable, Table, apart, read
from ml.train import CONFIGS, MOST_TO_LEARN, Learned, baselines, choose, known_by, train

TEST_SHARE = 0.2
LEAST_ROWS = 200
LEAST_TO_JUDGE = 5  # of each outcome in the last fifth
TOO_GOOD = 0.97  # AUC of the folds at which a person should look again
JUDGED = ("abstains", "abstained_because", "verdict", "chosen", "auc", "auc_interval", "ap", "brier", "log_loss", "ece", "lift_at_10",
          "mean_probability", "skill", "probabilities", "course")  # fmt: skip
Array = np.ndarray[Any, Any]


def exam(
    table_path: Path | str,
    label: str,
    order: str = "row",
    *,
    names: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    horizon: float | None = None,
    save_to: Path | None = None,
) -> dict[str, Any]:
    """The report of one exam. `order`: 'row' (also 'time' when there is one column of times), or a column. `exclude`: columns never used.

    `names`: column names of a file without a header. `horizon`: how long (in units of the order; days for times) a label takes to be known.
    Raises BadTable when the table cannot be judged.
    """
    table = read(Path(table_path), label, order, names)
    return judge(table, exclude=exclude, horizon=horizon, save_to=save_to)


def judge(table: Table, *, exclude: Sequence[str] = (), horizon: float | None = None, save_to: Path | None = None) -> dict[str, Any]:
    """As `exam`, for a table that was read."""
    if horizon is not None and not 0 <= horizon < float("inf"):
        raise BadTable(f"a horizon of {horizon:g} is none: say how many days (or units of the order) a label takes to be known, 0 or more")
    if unknown := set(exclude) - set(table.columns):
        raise BadTable(f"cannot leave out {', '.join(sorted(unknown))}: no such columns")
    table, cut = apart(table, int(len(table) * (1 - TEST_SHARE)))
    seen, last = table.rows(slice(0, cut)), table.rows(slice(cut, len(table)))
    usable = [c for c in table.columns if c not in exclude]
    leaks = suspects(seen.only(usable))
    columns = [c for c in usable if c not in leaks]
    moment = float(table.order[cut])
    if len(table) < LEAST_ROWS:
        learned = Learned(None, f"too little: {len(table)} rows have a label and a place in the order, {LEAST_ROWS} are the least")
    else:
        learned = train(seen, columns, CONFIGS, horizon, moment)
    report: dict[str, Any] = {
        "rows": len(table), "rows_dropped": table.dropped, "train_rows": len(seen) - learned.purged, "purged_rows": learned.purged,
        "test_rows": len(last), "order": table.order_name, "rate_train": _rate(seen), "rate_test": _rate(last),
        "columns": columns, "unused": {c: why for c in columns if (why := why_unused(seen, c)) is not None}, "excluded": list(exclude),
        "leaks": list(leaks), "leak_reasons": leaks, "configurations_tried": len(learned.tried), "inner": learned.told(),
        "drift": drifted.columns(table, columns), "notes": [*table.notes, *_notes(seen, learned)],
    }  # fmt: skip
    return report | _verdict(learned, seen, last, columns, horizon, moment, save_to)


def _notes(seen: Table, learned: Learned) -> list[str]:
    notes = [
        f"the rows run backwards in time by {name!r}: the newest come first; order by it"
        for name, values in seen.columns.items()
        if seen.order_kind == "row" and seen.kinds[name] == "time" and (np.diff(values) <= 0).mean() > 0.99 and values[0] > values[-1]
    ]
    if len(seen) - learned.purged > MOST_TO_LEARN:
        notes.append(f"learned on {MOST_TO_LEARN:,} rows, evenly spread over the {len(seen) - learned.purged:,} that were there")
    if learned.tried and (best := choose(learned.tried)).auc >= TOO_GOOD:
        notes.append(f"AUC {best.auc:.3f} inside the training rows is too good to be true: see in `weights` which columns know the outcome")
    return notes


def _verdict(
    learned: Learned, seen: Table, last: Table, columns: Sequence[str], horizon: float | None, moment: float, save_to: Path | None
) -> dict[str, Any]:
    model, why = learned.model, learned.why_none
    nothing: dict[str, Any] = {**dict.fromkeys(JUDGED), "abstains": True, "verdict": ABSTAINS, "baselines": {}, "weights": []}
    if model is None:
        return {**nothing, "abstained_because": why}
    if not 0 < last.y.sum() < len(last):
        outcome = "yes" if last.y.sum() else "no"
        why = f"the last fifth of the rows holds one outcome only ({outcome}): nothing can be judged there; are the rows in order of time?"
        return {**nothing, "abstained_because": why}
    if (few := min(last.y.sum(), len(last) - last.y.sum())) < LEAST_TO_JUDGE:
        outcome = "yes" if last.y.mean() < 0.5 else "no"
        why = f"too little: the last fifth of the rows holds {int(few)} {outcome}, {LEAST_TO_JUDGE} are the least to judge by"
        return {**nothing, "abstained_because": why}
    p = model.probability(last)
    told = {**nothing, "chosen": model.config.name, **measure(last.y, p), "probabilities": probabilities(last.y, p)}
    best, area, se, parts = choose(learned.tried), metrics.auc(last.y, p), metrics.auc_se(last.y, p), drifted.quarters(last.y, p)
    why, told["skill"] = why_no_skill(best, len(learned.tried), area, se, [(a, s) for _, a, s in parts])
    why, told["course"] = drifted.lost(best, last.y, p) or why, drifted.course(best, parts)
    are_right = told["probabilities"]["are_right"]
    if why is not None:
        told["probabilities"]["said"] = "not to be used: the exam abstains"
    told |= {"abstains": why is not None, "abstained_because": why, "verdict": ABSTAINS if why else STANDS if are_right else RANKS}
    known = known_by(seen, moment, horizon)
    told["baselines"] = baselines(known, columns, last)
    told["weights"] = _weights(model, last)
    if texts := [c for c in columns if prose(known, c) is not None]:
        told["text"] = {"columns": texts, **compared(learned, known, last, columns, measure)}
    model.about = {k: told[k] for k in ("auc", "ap", "auc_interval", "brier", "ece", "verdict", "abstains", "abstained_because")}
    if save_to is not None:
        model.save(save_to)
        told["model"] = str(save_to)
    return told


def measure(y: Array, p: Array) -> dict[str, Any]:
    """The numbers of a judged set of rows; the interval is at 95 %."""
    area, se = metrics.auc(y, p), metrics.auc_se(y, p)
    return {
        "auc": _short(area), "auc_interval": [_short(max(0.0, area - 1.96 * se)), _short(min(1.0, area + 1.96 * se))],
        "ap": _short(metrics.average_precision(y, p)),
        "brier": _short(metrics.brier(y, p)), "log_loss": _short(metrics.log_loss(y, p)), "ece": _short(metrics.ece(y, p)),
        "lift_at_10": _short(metrics.lift_at(y, p)), "mean_probability": _short(float(p.mean())),
    }  # fmt: skip


def _weights(model: Model, table: Table, most: int = 10) -> list[dict[str, Any]]:
    """Features by how much they move the logit on average, over at most 2,000 rows; of free text also the words that pull most."""
    names, points, _ = model.reasons(table.rows(slice(0, 2000)))
    size = np.abs(points).mean(axis=0)
    pulls = {f.name: f.table for m in model.members for f in m.features if f.kind == "words"}
    out: list[dict[str, Any]] = []
    for i in np.argsort(-size, kind="stable")[:most]:
        if size[i] > 0:
            out.append({"feature": names[i], "mean_points": _short(float(size[i]))})
            if names[i] in pulls:
                words = sorted(pulls[names[i]].items(), key=lambda w: (w[1], w[0]))
                out[-1] |= {"words_for": [w for w, _ in words[:-9:-1]], "words_against": [w for w, _ in words[:8]]}
    return out


def _rate(table: Table) -> float | None:
    return _short(table.y.mean()) if len(table) else None


def _short(value: float) -> float:
    return round(float(value), 4)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line: prints the report (one JSON object with --json, else a page); 1 and one clear line for a table it cannot judge."""
    ask = argparse.ArgumentParser(prog="signals exam", description="Learn on the earlier rows of a table, judge on the last fifth.",
                                  epilog="example: signals exam leads.csv --label won --order created_at --json")  # fmt: skip
    ask.add_argument("table", type=Path)
    ask.add_argument("--label", required=True, help="column with two values")
    ask.add_argument("--order", default="row", help="row, time (the only column of times), or a column; default row")
    ask.add_argument("--exclude", action="append", default=[], help="a column that must not be used; may be repeated")
    ask.add_argument("--horizon", type=float, help="how long a label takes to be known (days, or units of the order)")
    ask.add_argument("--save", type=Path, help="folder for the model and its manifest")
    ask.add_argument("--json", action="store_true")
    told = ask.parse_args(argv)
    try:
        report = exam(told.table, told.label, told.order, exclude=told.exclude, horizon=told.horizon, save_to=told.save)
    except BadTable as bad:
        sys.stderr.write(f"error {bad}\n")
        return 1
    sys.stdout.write(json.dumps(report, indent=None if told.json else 1) + "\n" if told.json else page(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
