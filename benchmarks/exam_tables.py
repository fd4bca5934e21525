"""Invented tables of leads for the exam: columns that leak in many ways, and strong columns that do not.

`leads` → frame with `won`, rows by `created_at`; `LEAKS`, `PAIRS`, `HONEST`: name → maker of (frame, random).
Does not belong here: measuring (`exam.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

Random = np.random.Generator
Maker = Callable[[pd.DataFrame, Random], Any]
WORDS = ("team", "pricing", "support", "office", "quarter", "security", "review", "export", "sales", "call", "legal", "budget", "seats")


def leads(rows: int, rate: float, seed: int, skill: float = 1.0) -> pd.DataFrame:
    """Two years of leads; the share `rate` is won. `skill`: how far size, source and visits tell which."""
    r = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "created_at": pd.Timestamp("2023-01-02") + pd.to_timedelta(np.arange(rows) * 730 / rows, "D"),
            "employees": np.exp(r.normal(4, 1.2, rows)).round() + 1,
            "source": r.choice(["web", "event", "partner", "cold"], rows),
            "visits": r.poisson(3, rows),
            "country": r.choice([f"C{i}" for i in range(30)], rows),
            "rep": r.choice([f"rep {i}" for i in range(60)], rows),
        }
    )
    pull = 0.7 * (np.log(frame["employees"]) - 4) + 0.9 * (frame["source"] == "partner") + 0.25 * (frame["visits"] - 3)
    logit = skill * pull.to_numpy()
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-logit - middle))).mean() < rate else (low, middle)
    frame["won"] = (r.random(rows) < 1 / (1 + np.exp(-logit - low))).astype(int)
    return frame


def drifting(rows: int, seed: int, how: str, at: float) -> pd.DataFrame:
    """Leads of which `budget` speaks for a yes until the share `at` of the time; then it speaks `against`, tells `nothing`, or turns slowly
    round over three tenths of the time (`slowly`). `how` 'steady': it speaks for a yes throughout. A weak honest column stays as it is."""
    r = np.random.default_rng([seed, 2])
    time = np.arange(rows) / rows
    budget, age = r.normal(size=rows), r.normal(size=rows)
    pull = {
        "steady": np.ones(rows), "against": np.where(time < at, 1.0, -1.0), "nothing": np.where(time < at, 1.0, 0.0),
        "slowly": 1 - 2 * np.clip((time - at + 0.15) / 0.3, 0, 1),
    }[how]  # fmt: skip
    won = r.random(rows) < 1 / (1 + np.exp(1 - budget * pull - 0.3 * age))
    return pd.DataFrame(
        {
            "created_at": pd.Timestamp("2023-01-02") + pd.to_timedelta(time * 700, "D"),
            "budget": (np.exp(budget) * 1000).round(2),
            "age": age.round(3),
            "source": r.choice(["web", "event", "partner", "cold"], rows),
            "won": won.astype(int),
        }
    )


def with_columns(frame: pd.DataFrame, makers: Mapping[str, Maker], seed: int) -> pd.DataFrame:
    """The frame with more columns, all as texts, as a file would hold them. A maker that gives a frame gives several columns."""
    r, out = np.random.default_rng([seed, 1]), frame.copy()  # not the numbers that made the leads
    for name, maker in makers.items():
        made = maker(frame, r)
        for column, values in made.items() if isinstance(made, dict) else ((name, made),):
            out[column] = values
    return out.astype(str)


def on(frame: pd.DataFrame, days: Any) -> Any:
    """So many days after the row was made."""
    return (frame["created_at"] + pd.to_timedelta(days, "D")).dt.strftime("%Y-%m-%d %H:%M:%S")


def split(frame: pd.DataFrame, won: Any, lost: Any) -> Any:
    return np.where(frame["won"] == 1, won, lost)


def often(frame: pd.DataFrame, r: Random, won: float, lost: float) -> Any:
    """True in so many of the won, and of the lost."""
    return r.random(len(frame)) < split(frame, won, lost)


def said(frame: pd.DataFrame, r: Random, phrase: str, won: float, lost: float) -> list[str]:
    held = often(frame, r, won, lost)
    return [" ".join(r.choice(WORDS, 8)) + (f" {phrase}" if has else "") for has in held]


def _moved(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    seats = r.integers(10, 500, len(frame))
    return {"seats_then": seats, "seats_now": seats + split(frame, r.integers(1, 20, len(frame)), -r.integers(0, 20, len(frame)))}


def _discounted(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    listed = np.exp(r.normal(8, 1, len(frame)))
    return {"listed": listed.round(2), "billed": split(frame, listed * 0.97, listed).round(2)}


def _switched(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    plan = r.integers(0, 4, len(frame))
    return {"plan_then": plan, "plan_now": split(frame, (plan + 1) % 4, plan)}


def _summed(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    net, tax = r.normal(50, 10, len(frame)), r.normal(50, 10, len(frame))
    return {"net": net.round(2), "tax": tax.round(2), "total": (net + tax + split(frame, 1, -1) * r.exponential(3, len(frame))).round(2)}


def _handed_over(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    first = r.integers(0, 60, len(frame))
    now = split(frame, first, (first + r.integers(1, 60, len(frame))) % 60)
    return {"owner": [f"p{a}" for a in first], "owner_now": [f"p{a}" for a in now]}


def _profile(frame: pd.DataFrame, r: Random) -> dict[str, Any]:
    return {f"profile_{at}": np.where(often(frame, r, 0.97, 0.45), r.normal(size=len(frame)).round(2).astype(str), "") for at in range(5)}


def _so_far(frame: pd.DataFrame, _: Random) -> Any:
    group = frame.groupby("rep").won
    return ((group.cumsum() - frame["won"] + 1) / (group.cumcount() + 5)).round(4)


LEAKS: dict[str, Maker] = {
    "copied": lambda f, r: f["won"],
    "turned": lambda f, r: split(f, "grey", "gold"),
    "copied_with_errors": lambda f, r: np.where(r.random(len(f)) < 0.05, 1 - f["won"], f["won"]),
    "revenue": lambda f, r: split(f, r.integers(100, 9000, len(f)), 0),
    "revenue_of_most": lambda f, r: np.where(often(f, r, 0.6, 0), r.integers(100, 9000, len(f)), 0),
    "lost_to": lambda f, r: np.where(often(f, r, 0, 0.5), r.choice(["price", "rival"], len(f)), ""),
    "signer": lambda f, r: split(f, [f"P{i}" for i in r.integers(0, 400, len(f))], ""),
    "number": lambda f, r: split(f, 700_000, 100_000) + r.permutation(len(f)),
    "reference": lambda f, r: [f"{'C' if w else 'L'}-{i}" for w, i in zip(f["won"], r.permutation(len(f)), strict=True)],
    "rep_rate": lambda f, r: f.groupby("rep").won.transform("mean").round(4),
    "changed_at": lambda f, r: on(f, split(f, r.exponential(30, len(f)), r.exponential(3, len(f))) + 0.01),
    "last_touch": lambda f, r: on(f, np.where(often(f, r, 0.8, 0), 1, -1) * r.exponential(20, len(f))),
    "onboarding_calls": lambda f, r: split(f, 1 + r.poisson(3, len(f)), 0),
    "pipeline": lambda f, r: np.where(often(f, r, 0.8, 0), "closed won", r.choice(["demo", "contact"], len(f))),
    "gaps": lambda f, r: np.where(often(f, r, 0.04, 0.85), "", r.integers(1, 99, len(f)).astype(str)),
    "notes": lambda f, r: said(f, r, "invoice sent", 0.7, 0),
    "days_to_close": lambda f, r: split(f, r.gamma(4, 10, len(f)), r.gamma(2, 10, len(f))).round(),
    "score": lambda f, r: (f["won"] + r.normal(0, 0.25, len(f))).round(3),
    "even": lambda f, r: 2 * r.integers(1000, 90_000, len(f)) + f["won"],
    "quarter_hours": lambda f, r: split(f, 15 * r.integers(1, 40, len(f)), r.integers(10, 600, len(f))),
    "whole_amounts": lambda f, r: [
        f"{v:.2f}" if w else f"{round(v, -1):.2f}" for v, w in zip(r.gamma(2, 800, len(f)), f["won"], strict=True)
    ],
    "mail": lambda f, r: [f"u{i}@{'customer.' if w else ''}acme.example" for i, w in zip(r.permutation(len(f)), f["won"], strict=True)],
    "tags": lambda f, r: [";".join([*r.choice(WORDS, 3), *(["onboarded"] if w and r.random() < 0.7 else [])]) for w in f["won"]],
    "audited": lambda f, r: np.where(r.random(len(f)) < 0.1, f["won"].astype(str), ""),
    "last_invoice": lambda f, r: 500 + np.cumsum(f["won"]),
}
PAIRS: dict[str, Maker] = {
    "moved": _moved, "discounted": _discounted, "switched": _switched, "summed": _summed, "handed_over": _handed_over, "profile": _profile,
}  # fmt: skip
HONEST: dict[str, Maker] = {
    "fit": lambda f, r: (1.81 * f["won"] + r.normal(size=len(f))).round(3),
    "spend": lambda f, r: np.exp(1.5 * f["won"] + r.normal(size=len(f))).round(2),
    "pages": lambda f, r: r.poisson(split(f, 5, 1.5)),
    "asked_demo": lambda f, r: often(f, r, 0.8, 0.15).astype(int),
    "asked_price": lambda f, r: np.where(often(f, r, 0.85, 0.12), r.integers(1, 5, len(f)), 0),
    "vendor_score": lambda f, r: np.clip((50 + 22 * f["won"] + r.normal(0, 14, len(f))).round(), 0, 100),
    "win_probability": lambda f, r: (1 / (1 + np.exp(2 - 3 * f["won"] - 1.6 * r.normal(size=len(f))))).round(2),
    "rep_rate_so_far": _so_far,
    "expected_close": lambda f, r: on(f, r.gamma(4, split(f, 10, 14))),
    "trial_end_date": lambda f, r: on(f, 14),
    "last_login": lambda f, r: on(f, -r.exponential(split(f, 3, 30))),
    "phone": lambda f, r: np.where(often(f, r, 0.9, 0.5), "+1555", ""),
    "since_spring": lambda f, r: np.where(np.arange(len(f)) > 0.4 * len(f), "x", ""),
    "lead_stage": lambda f, r: np.where(often(f, r, 0.6, 0.25), "MQL", "raw"),
    "session_duration": lambda f, r: r.gamma(2, split(f, 160, 100)).round(),
    "paid_clicks": lambda f, r: r.poisson(split(f, 2.2, 1)),
    "payment_terms": lambda f, r: np.where(often(f, r, 0.7, 0.3), "net30", "card"),
    "risk_before": lambda f, r: (0.9 * f["won"] + r.normal(size=len(f))).round(2),
    "survey": lambda f, r: np.where(r.random(len(f)) < 0.1, (1.5 * f["won"] + r.normal(size=len(f))).round(2).astype(str), ""),
    "company_key": lambda f, r: [f"K{i}" for i in r.integers(0, len(f) // 3, len(f))],
    "lead_number": lambda f, r: np.arange(len(f)) + 5000,
    "remarks": lambda f, r: said(f, r, "urgent", 0.5, 0.12),
}
