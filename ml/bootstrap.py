"""Numbers that judge a ranking, each with the range that chance leaves: accounts are drawn again, never rows.

labels, scores, accounts → `Judge` → `numbers` → {"lift_at_10": 2.1, "lift_at_10_interval": [1.4, 2.9], …}; `gain` compares two scores.
Scores that tie share their place: an account's number must not depend on the order of ids. Does not belong here: plots, models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.metrics import reliability

Array = np.ndarray[Any, Any]
DRAWS = 300
TOP = 0.1
LEAST = 10
"""Fewer yes or no than that: the numbers of a group would say nothing."""


@dataclass(frozen=True)
class Ranked:
    """Rows by falling score, in groups of equal scores. `ends`: last row of each group; `p`: probabilities or None."""

    order: Array
    ends: Array
    y: Array
    p: Array | None
    bins: list[Array]

    @classmethod
    def of(cls, y: Array, score: Array, p: Array | None) -> Ranked:
        order = np.argsort(-score, kind="stable")
        ends = np.r_[np.flatnonzero(np.diff(score[order])), len(y) - 1]
        bins = [] if p is None else [b for b in np.array_split(np.argsort(p, kind="stable"), 10) if len(b)]
        return cls(order, ends, y.astype(float), p, bins)

    def measure(self, weight: Array) -> dict[str, float]:
        """Every number under row weights. NaN where one of the outcomes has no weight."""
        w, y = weight[self.order], self.y[self.order]
        rows, hits = np.cumsum(w)[self.ends], np.cumsum(w * y)[self.ends]
        total, yes = rows[-1], hits[-1]
        if yes <= 0 or yes >= total:
            names = ("lift_at_10", "recall_at_10", "auc", "ap", *(("brier", "ece") if self.p is not None else ()))
            return dict.fromkeys(names, float("nan"))
        caught = float(np.interp(TOP * total, np.r_[0.0, rows], np.r_[0.0, hits]))
        new_hits, new_rows = np.diff(np.r_[0.0, hits]), np.diff(np.r_[0.0, rows])
        before = hits - new_hits
        found = {
            "lift_at_10": caught / yes / TOP,
            "recall_at_10": caught / yes,
            "auc": float(np.sum((new_rows - new_hits) * (before + new_hits / 2)) / (yes * (total - yes))),
            "ap": float(np.sum(new_hits * hits / np.maximum(rows, 1e-12)) / yes),
        }
        if self.p is not None:
            found["brier"] = float(np.sum(weight * (self.p - self.y) ** 2) / total)
            gaps = [abs(np.sum(weight[b] * (self.p[b] - self.y[b]))) for b in self.bins]
            found["ece"] = float(np.sum(gaps) / total)
        return found


@dataclass(frozen=True)
class Judge:
    """`y`: what happened (0/1); `accounts`: of whom; one row an account and day. The same draws judge every score, so scores compare."""

    y: Array
    accounts: Array
    seed: int = 1

    def weights(self) -> Iterator[Array]:
        """Row weights of each draw: how often the row's account was drawn. The same draws at each call."""
        random, (distinct, groups) = np.random.default_rng(self.seed), np.unique(self.accounts, return_inverse=True)
        count = len(distinct)
        for _ in range(DRAWS):
            yield np.bincount(random.integers(0, count, count), minlength=count)[groups].astype(float)

    @property
    def problem(self) -> str | None:
        """Why nothing can be said of these rows, or None."""
        yes = int(self.y.sum())
        if min(yes, len(self.y) - yes) >= LEAST:
            return None
        return f"{yes} of {len(self.y):,} accounts opened a deal; {LEAST} of either outcome are the least that says something"

    def numbers(self, score: Array) -> dict[str, Any]:
        """How a score ranks: lift and recall in the best tenth, AUC, AP, each with its 95 % interval."""
        ranked = Ranked.of(self.y, score, None)
        return self._told(ranked)

    def chances(self, p: Array) -> dict[str, Any]:
        """How far probabilities can be believed: Brier and ECE with intervals, and the points of the reliability plot."""
        told = {k: v for k, v in self._told(Ranked.of(self.y, p, p)).items() if k.startswith(("brier", "ece"))}
        return told | {"reliability": [[_short(a), _short(b), n] for a, b, n in reliability(self.y, p)]}

    def _told(self, ranked: Ranked) -> dict[str, Any]:
        found = ranked.measure(np.ones(len(self.y)))
        drawn = [ranked.measure(w) for w in self.weights()]
        told: dict[str, Any] = {}
        for name, value in found.items():
            told[name] = _short(value)
            told[f"{name}_interval"] = _interval([d[name] for d in drawn])
        return told | self._none_or_all(told)

    def _none_or_all(self, told: dict[str, Any]) -> dict[str, list[float]]:
        """Intervals where the best tenth holds no yes, or all: drawing accounts anew then gives the same share each time, as if so few
        could be sure of it. The end is the exact one of a share of so many accounts (Clopper-Pearson)."""
        low, high = told["recall_at_10_interval"]
        unseen = 0.025 ** (1 / len(np.unique(self.accounts[self.y == 1])))
        low, high = (unseen if low == 1 else low, 1 - unseen if high == 0 else high)
        return {"recall_at_10_interval": [_short(low), _short(high)], "lift_at_10_interval": [_short(low / TOP), _short(high / TOP)]}

    def gain(self, mine: Array, other: Array, name: str = "lift_at_10") -> dict[str, Any]:
        """How much better `mine` ranks than `other`: the difference of a number, its interval, and one word on it."""
        one, two = Ranked.of(self.y, mine, None), Ranked.of(self.y, other, None)
        all_rows = np.ones(len(self.y))
        found = one.measure(all_rows)[name] - two.measure(all_rows)[name]
        low, high = _interval([one.measure(w)[name] - two.measure(w)[name] for w in self.weights()])
        verdict = "better" if low > 0 else "worse" if high < 0 else "no difference beyond chance"
        return {"of": name, "gain": _short(found), "interval": [low, high], "verdict": verdict}


def _interval(values: list[float]) -> list[float]:
    low, high = np.nanquantile(values, [0.025, 0.975])
    return [_short(low), _short(high)]


def _short(value: float) -> float:
    return round(float(value), 5)
