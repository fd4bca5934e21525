"""From margins to chances: the logistic curve, Platt's two numbers, and the level.

margin, yes or no → `platt` → (slope, intercept); `level` moves a logit to a rate. Does not belong here: which rows calibrate (`train.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def sigmoid(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-np.clip(x, -40, 40)))
    return found


def platt(margin: Array, y: Array, given: Array | None = None) -> tuple[float, float]:
    """(slope, intercept) of the logistic regression of y on the margin, with a touch of ridge toward slope 1.

    `given`: what is added to each logit beforehand.
    """
    known = np.zeros(len(y)) if given is None else given

    def loss(at: Array) -> float:
        logit = at[0] * margin + at[1] + known
        return float(np.sum(np.logaddexp(0.0, logit) - y * logit) + (at[0] - 1) ** 2 / 2)

    at = np.array([1.0, level(margin + known, float(y.mean()), 0.0)])
    now = loss(at)
    for _ in range(100):
        p = sigmoid(at[0] * margin + at[1] + known)
        w = np.maximum(p * (1 - p), 1e-9)
        g = np.array([np.sum((p - y) * margin) + (at[0] - 1), np.sum(p - y)])
        h = np.array([[np.sum(w * margin**2) + 1, np.sum(w * margin)], [np.sum(w * margin), np.sum(w) + 1e-9]])
        step = np.linalg.solve(h, g)
        while loss(at - step) > now and np.abs(step).max() > 1e-9:
            step = step / 2  # a whole step of Newton's overshoots where the margins lie far from 0
        if np.abs(step).max() <= 1e-9:
            break
        at = at - step
        now = loss(at)
    return max(float(at[0]), 0.05), float(at[1])  # never upside down: a slope at or below 0 means no skill, and that is said elsewhere


def level(logit: Array, rate: float, start: float) -> float:
    """What to add to the logits so that the mean probability is `rate`; searched around `start`."""
    rate = min(max(rate, 1e-4), 1 - 1e-4)
    low, high = start - 20.0, start + 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(logit + middle).mean() < rate else (low, middle)
    return (low + high) / 2
