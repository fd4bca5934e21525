"""Calibration by two numbers finds what made the labels, wherever the margins lie."""

from __future__ import annotations

import numpy as np
import pytest

from ml.calibration import platt, sigmoid


@pytest.mark.parametrize("shift", [-30.0, -8.0, 0.0, 6.0, 40.0])
@pytest.mark.parametrize("slope", [0.3, 1.0, 2.5])
def test_slope_and_intercept_are_found_wherever_the_margins_lie(shift: float, slope: float) -> None:
    r = np.random.default_rng(7)
    centred = r.normal(0, 1.5, 20_000)
    y = (r.random(20_000) < sigmoid(slope * centred - 1.0)).astype(float)
    found, intercept = platt(centred + shift, y)
    assert found == pytest.approx(slope, rel=0.1)
    assert found * shift + intercept == pytest.approx(-1.0, abs=0.15)


def test_margins_that_say_the_opposite_never_turn_the_ranking_round() -> None:
    margin = np.linspace(-2, 2, 1000)
    slope, _ = platt(margin, (margin < 0).astype(float))
    assert slope == 0.05


def test_what_is_given_beforehand_is_not_learned_again() -> None:
    r = np.random.default_rng(7)
    margin, given = r.normal(size=20_000), r.normal(size=20_000) - 1.0
    y = (r.random(20_000) < sigmoid(0.5 * margin + given + 0.3)).astype(float)
    slope, intercept = platt(margin, y, given)
    assert abs(slope - 0.5) < 0.05 and abs(intercept - 0.3) < 0.06
