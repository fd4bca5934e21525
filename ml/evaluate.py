"""Whether a challenger takes over: it must win out of time beyond noise, be calibrated, and meet features that have not drifted away.

probabilities of champion and challenger on rows that neither saw → `compare` → `Decision` with every check by name.
Intervals are by account (an account has many rows). Does not belong here: who is champion (`registry.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.metrics import auc, ece
from ml.table import Table

Array = np.ndarray[Any, Any]
DRAWS = 400
MOST_PSI, MOST_ECE, BASE_RATE_RATIO = 0.25, 0.05, 2.0


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
    against = "chance" if champion is None else "the champion"
    rate, mean = float(y.mean()), float(challenger.mean())
    drifted = {c: v for c in learned_on.columns if (v := psi(learned_on, now, c)) > MOST_PSI}
    error = ece(y, challenger)
    ratio = max(rate, mean) / max(min(rate, mean), 1e-9)
    return Decision(
        {
            "wins": (low > 0, f"AUC gain over {against} {low:+.3f} to {high:+.3f}"),
            "calibrated": (error <= MOST_ECE, f"ECE {error:.3f}, at most {MOST_ECE}"),
            "base_rate": (ratio <= BASE_RATE_RATIO, f"{rate:.3f} happened, {mean:.3f} foretold"),
            "drift": (not drifted, ", ".join(f"{c} {v:.2f}" for c, v in sorted(drifted.items())) or f"no PSI above {MOST_PSI}"),
        }
    )


def gain_interval(y: Array, accounts: Array, challenger: Array, champion: Array | None, seed: int = 1) -> tuple[float, float]:
    """95 % interval of the gain in AUC, by resampling accounts."""
    random = np.random.default_rng(seed)
    _, groups = np.unique(accounts, return_inverse=True)
    order = np.argsort(groups, kind="stable")
    bounds = np.r_[0, np.flatnonzero(np.diff(groups[order])) + 1, len(order)]
    gains = []
    for _ in range(DRAWS):
        drawn = random.integers(0, len(bounds) - 1, len(bounds) - 1)
        at = np.concatenate([order[bounds[d] : bounds[d + 1]] for d in drawn])
        if 0 < y[at].sum() < len(at):
            gains.append(auc(y[at], challenger[at]) - (0.5 if champion is None else auc(y[at], champion[at])))
    if not gains:
        return float("-inf"), float("inf")
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


def loss_gain_interval(accounts: Array, mine: Array, other: Array, seed: int = 1) -> tuple[float, float]:
    """95 % interval of the mean of other - mine (losses, one a row), by resampling accounts: above 0, mine is better."""
    random = np.random.default_rng(seed)
    _, groups = np.unique(accounts, return_inverse=True)
    gain = np.bincount(groups, weights=other - mine)
    rows = np.bincount(groups)
    drawn = random.integers(0, len(gain), (DRAWS, len(gain)))
    low, high = np.quantile(gain[drawn].sum(axis=1) / rows[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def psi(before: Table, now: Table, column: str, bins: int = 10) -> float:
    """Population stability index of a column; above 0.25 it is another population. Times are not judged: they always move."""
    if before.kinds[column] == "time":
        return 0.0
    if before.kinds[column] == "text":
        words, counts = np.unique(_words(before, column), return_counts=True)
        common = words[np.argsort(-counts, kind="stable")][:bins]
        shares = [np.array([(_words(t, column) == w).mean() for w in common]) for t in (before, now)]
        shares = [np.r_[s, max(0.0, 1 - s.sum())] for s in shares]
    else:
        known = [t.columns[column][~np.isnan(t.columns[column])] for t in (before, now)]
        cuts = np.unique(np.quantile(known[0], np.linspace(0, 1, bins + 1)[1:-1])) if len(known[0]) else np.array([])
        shares = []
        for values, t in zip(known, (before, now), strict=True):
            counted = np.bincount(np.searchsorted(cuts, values, side="right"), minlength=len(cuts) + 1)
            shares.append(np.r_[counted, len(t) - len(values)] / max(1, len(t)))
    p, q = (np.clip(s, 1e-4, None) for s in shares)
    return float(np.sum((q - p) * np.log(q / p)))


def _words(table: Table, column: str) -> Array:
    return np.array(["" if v is None else str(v) for v in table.columns[column]], dtype=object)
