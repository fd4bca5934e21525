"""What the market gives each company before it is known what comes of it, against what came."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sandbox_kit import START, make

from sandbox.clock import opening_of
from sandbox.market.chances import HORIZON_DAYS, chances
from sandbox.market.companies import SPECIAL
from sandbox.market.deals import ORGANIC
from sandbox.market.journeys import DECISION, TARGET, Journeys
from sandbox.world import World


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, np.ndarray, np.ndarray, set[str]]:
    """(world, chances at the start, who could open a deal then, domains of those who did within the horizon)."""
    home = tmp_path_factory.mktemp("chances")
    world, _ = make(home, companies=4000, days=45)
    said, free = chances(world.j, world.rolled), ~world.j.open_deal & ~world.j.customer
    ids = {r["Id"] for r in world.store.rows("SELECT Id FROM Opportunity")}
    world.settle(opening_of(START + timedelta(days=HORIZON_DAYS)))
    opened = world.store.rows("SELECT Id, w_company FROM Opportunity WHERE Signal_Source__c IS NULL")
    came = {world.company(r["w_company"]).domain for r in opened if r["Id"] not in ids}
    return world, said, free, came


def test_as_many_deals_are_opened_as_the_chances_add_up_to_in_every_part_of_the_market(
    lived: tuple[World, np.ndarray, np.ndarray, set[str]],
) -> None:
    world, said, free, came = lived
    opened = np.array([world.company(i).domain in came for i in range(world.n)])
    for part in np.array_split(np.flatnonzero(free)[np.argsort(said[free], kind="stable")], 4):
        expected, noise = said[part].sum(), np.sqrt((said[part] * (1 - said[part])).sum())
        assert abs(opened[part].sum() - expected) <= 4 * noise + 1, (opened[part].sum(), expected)
    warm = np.flatnonzero(free)[np.argsort(-said[free], kind="stable")][: free.sum() // 10]
    assert opened[warm].mean() > 3 * opened[free].mean()


def test_competitors_the_seller_and_customers_have_no_chance(lived: tuple[World, np.ndarray, np.ndarray, set[str]]) -> None:
    world, said, _, _ = lived
    assert not said[:SPECIAL].any()
    now = chances(world.j, world.rolled)
    assert world.j.customer.any() and not now[world.j.customer].any()
    assert ((now >= 0) & (now < 1)).all()


def journeys(**state: int) -> Journeys:
    j = Journeys.new(7, 40, date(2026, 1, 1).toordinal())
    for name, value in {"boost": 0, "rest": 0, "stage": TARGET, "customer": 0, **state}.items():
        getattr(j, name)[:] = value
    return j


def test_a_resting_company_has_the_chance_of_a_still_one_and_the_longer_it_rests_the_less() -> None:
    today = date(2026, 1, 14)  # a Wednesday: nothing waits from a weekend
    chance = {days: chances(journeys(rest=today.toordinal() + days), today) for days in (0, 20, 40, 400)}
    wanting = np.flatnonzero(journeys().appetite > 0)
    assert (np.diff([chance[d][wanting] for d in (0, 20, 40, 400)], axis=0) < 0).all()
    days = HORIZON_DAYS if (today + timedelta(days=HORIZON_DAYS - 1)).weekday() < 5 else HORIZON_DAYS - 1
    assert chance[400][wanting] == pytest.approx(1 - (1 - ORGANIC[TARGET]) ** days, rel=0.05)


def test_a_later_stage_and_a_trigger_raise_the_chance() -> None:
    today = date(2026, 1, 14)
    wanting = np.flatnonzero(journeys().appetite > 0)
    plain = chances(journeys(), today)[wanting]
    assert (chances(journeys(boost=today.toordinal() + 60), today)[wanting] > plain).all()
    assert (chances(journeys(stage=DECISION), today)[wanting] > 5 * plain).all()


def test_the_truth_of_the_first_of_a_month_is_kept_and_drawn_from_no_die(tmp_path: Path) -> None:
    world, _ = make(tmp_path, companies=60, days=35)
    lines = [json.loads(line) for line in (tmp_path / "truth" / "chance.jsonl").read_text().splitlines()]
    assert {n["day"] for n in lines} == {"2026-06-01"}
    assert len(lines) == world.n and {n["company"] for n in lines} == {world.company(i).domain for i in range(world.n)}
