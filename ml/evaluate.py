"""Whether a challenger takes over: it must win out of time beyond noise, be calibrated, and meet features that have not drifted away.

probabilities of champion and challenger on rows that neither saw → `compare` → `Decision` with every check by name.
Intervals are by account (an account has many rows). Does not belong here: who is champion (`registry.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.features import prose
from ml.metrics import auc, ece
from ml.table import Table

Array = np.ndarray[Any, Any]
Profile = dict[str, Any]
DRAWS, SEED = 400, 1
BINS = 10
MOST_PSI, MOST_ECE, BASE_RATE_RATIO = 0.25, 0.05, 2.0
SAME = "it foretells of every row what the champion does: the same model, learned again"
LOOKS_BACK = "days_since_"  # a column that counts days since something: what had happened before the pulls began is not in it


@dataclass(frozen=True)
class Decision:
    """`checks`: name → (passed, sentence). `is_promoted` only when all passed."""

    checks: dict[str, tuple[bool, str]]

    @property
    def is_promoted(self) -> bool:
        return all(passed for passed, _ in self.checks.values())

    @property
    def because(self) -> str:
        failed = [f"{name}: {said}" for name, (passed, said) in self.checks.items() if not passed]
        return "; ".join(failed) or "; ".join(said for _, said in self.checks.values())


def compare(y: Array, accounts: Array, challenger: Array, champion: Array | None, learned_on: Table, now: Table) -> Decision:
    """Judge a challenger on rows later than its training rows. Without a champion it must beat chance."""
    low, high = gain_interval(y, accounts, challenger, champion)
    gain = f"AUC gain over {'chance' if champion is None else 'the champion'} {low:+.3f} to {high:+.3f}"
    if champion is not None and np.array_equal(challenger, champion):
        gain = SAME
    return Decision(
        {"wins": (low > 0, gain)} | foretells(y, challenger) | unmoved({c: profile(learned_on, c) for c in learned_on.columns}, now)
    )


def foretells(y: Array, p: Array) -> dict[str, tuple[bool, str]]:
    """The checks `calibrated` and `base_rate`: what was foretold against what happened."""
    error, chance = ece(y, p), ece_by_chance(p)
    return {
        "calibrated": (error <= MOST_ECE + chance, f"ECE {error:.3f}, at most {MOST_ECE} and {chance:.3f} by chance"),
        "base_rate": same_rate(float(y.mean()), float(p.mean())),
    }


def ece_by_chance(p: Array) -> float:
    """The calibration error that perfect probabilities have on so many rows: mean absolute deviation of each bin's share."""
    parts = [b for b in np.array_split(np.sort(p), BINS) if len(b)]
    return float(sum(len(b) * np.sqrt(2 / np.pi * b.mean() * (1 - b.mean()) / len(b)) for b in parts) / len(p))


def same_rate(happened: float, foretold: float) -> tuple[bool, str]:
    """Whether two rates differ by less than a factor of `BASE_RATE_RATIO`."""
    ratio = max(happened, foretold) / max(min(happened, foretold), 1e-9)
    return ratio <= BASE_RATE_RATIO, f"{happened:.3f} happened, {foretold:.3f} foretold"


def unmoved(known: Mapping[str, Profile], now: Table) -> dict[str, tuple[bool, str]]:
    """The check `drift`: columns as they were (`profile`) against rows of now. Few rows move by chance: thrice that is allowed."""
    moved = {c: v for c, was in known.items() if (v := shift(was, now, c)) > MOST_PSI + 3 * len(was["shares"]) / max(1, len(now))}
    told = ", ".join(f"{c} {v:.2f}" for c, v in sorted(moved.items()))
    return {"drift": (not moved, told or f"no PSI above {MOST_PSI}")}


def redrawn(accounts: Array, draws: int) -> Iterator[Array]:
    """The rows of as many accounts as there are, drawn with replacement; so many times, the same on every call."""
    random, (_, groups) = np.random.default_rng(SEED), np.unique(accounts, return_inverse=True)
    order = np.argsort(groups, kind="stable")
    bounds = np.r_[0, np.flatnonzero(np.diff(groups[order])) + 1, len(order)]
    for _ in range(draws):
        drawn = random.integers(0, len(bounds) - 1, len(bounds) - 1)
        yield np.concatenate([order[bounds[d] : bounds[d + 1]] for d in drawn])


def gain_interval(y: Array, accounts: Array, challenger: Array, champion: Array | None) -> tuple[float, float]:
    """95 % interval of the gain in AUC, by resampling accounts."""
    gains = []
    for at in redrawn(accounts, DRAWS):
        if 0 < y[at].sum() < len(at):
            gains.append(auc(y[at], challenger[at]) - (0.5 if champion is None else auc(y[at], champion[at])))
    if not gains:
        return float("-inf"), float("inf")
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


def loss_gain_interval(accounts: Array, mine: Array, other: Array) -> tuple[float, float]:
    """95 % interval of the mean of other - mine (losses, one a row), by resampling accounts: above 0, mine is better."""
    random, (_, groups) = np.random.default_rng(SEED), np.unique(accounts, return_inverse=True)
    gain = np.bincount(groups, weights=other - mine)
    rows = np.bincount(groups)
    drawn = random.integers(0, len(gain), (DRAWS, len(gain)))
    low, high = np.quantile(gain[drawn].sum(axis=1) / rows[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def profile(table: Table, column: str) -> Profile:
    """How a column is spread, as JSON can keep it: `words` or `cuts`, and `shares` of each part, the rest or what is missing last.

    A time has no parts: times always move. Days since something grow longer as the history does: of them the newest day is kept, and
    `most`, how far back it could see; to a later day all that lies further back is as if it had never been seen.
    """
    kind = table.kinds[column]
    found: Profile = {"kind": kind, "shares": []}
    if kind == "number" and column.startswith(LOOKS_BACK) and table.order_kind == "time" and len(table):
        table = table.rows(table.order == table.order[-1])
        found["most"] = float(np.nanmax(table.columns[column], initial=0.0))
    if kind == "text" and prose(table, column) is not None:
        found["words"] = [""]  # free text never comes twice: only how many have one can drift
    elif kind == "text":
        words, counts = np.unique(_words(table, column), return_counts=True)
        found["words"] = [str(w) for w in words[np.argsort(-counts, kind="stable")][:BINS]]
    elif kind != "time":
        known = table.columns[column][~np.isnan(table.columns[column])]
        found["cuts"] = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])).tolist() if len(known) else []
    return found | {"shares": _shares(found, table, column).tolist()}


def shift(was: Profile, now: Table, column: str) -> float:
    """Population stability index of the rows of now against a profile; above 0.25 it is another population."""
    if was["kind"] == "time":
        return 0.0
    least = max(1e-4, 0.5 / max(1, len(now)))  # a part without a row may hold half of one
    p, q = (np.clip(s, least, None) for s in (np.array(was["shares"]), _shares(was, now, column)))
    return float(np.sum((q - p) * np.log(q / p)))


def _shares(was: Profile, table: Table, column: str) -> Array:
    if was["kind"] == "time":
        return np.array([])
    if was["kind"] == "text":
        said = _words(table, column)
        found: Array = np.array([(said == w).mean() for w in was["words"]])
        rest = max(0.0, 1 - float(found.sum()))
    else:
        values = table.columns[column]
        values = values[values <= was.get("most", np.inf)]  # a missing one is none of them
        cuts = np.array(was["cuts"])
        found = np.bincount(np.searchsorted(cuts, values, side="right"), minlength=len(cuts) + 1) / max(1, len(table))
        rest = (len(table) - len(values)) / max(1, len(table))
    return np.append(found, rest)


def _words(table: Table, column: str) -> Array:
    return np.array(["" if v is None else str(v) for v in table.columns[column]], dtype=object)
