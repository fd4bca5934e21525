"""Who is asked first."""

from __future__ import annotations

import random

import pytest

from signals_pipeline.enrichment.personas import level_of, ranked
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.settings import REPOSITORY

RULES = load_profile(REPOSITORY / "config" / "profile.yml").enrichment
PEOPLE = [
    {"id": "1", "jobTitle": "Director of Sales"},
    {"id": "2", "jobTitle": "VP of Operations"},
    {"id": "3", "jobTitle": "Chief Operating Officer", "jobFunction": "Operations"},
    {"id": "4", "jobTitle": "Office Clerk"},
    {"id": "5", "jobTitle": "Director, Compliance", "hasEmail": False},
    {"peopleId": "6", "title": "Wizard", "level": "C-Level", "function": ["Legal"]},
    {"jobTitle": "VP of Legal"},
]


def test_wanted_functions_go_before_rank_and_rank_before_the_rest() -> None:
    assert [c.people_id for c in ranked(PEOPLE, RULES)] == ["3", "6", "2", "1"]


def test_the_order_of_the_vendor_does_not_matter() -> None:
    shuffled = PEOPLE[:]
    random.Random(3).shuffle(shuffled)
    assert ranked(shuffled, RULES) == ranked(PEOPLE, RULES)


@pytest.mark.parametrize(
    ("title", "vendor", "level"),
    [("VP Sales", "Director", "vp"), (None, "C-Suite", "c_suite"), ("Wizard", "Vice President", "vp"), ("Wizard", "Staff", None)],
)
def test_the_title_decides_and_the_vendors_word_helps_out(title: str | None, vendor: str | None, level: str | None) -> None:
    assert level_of(title, vendor) == level
