"""Which reports speak of one happening."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from identity_market import day, event, get, mention, person, put, runtime

from signals_pipeline.errors import Permanent
from signals_pipeline.identity import stage
from signals_pipeline.identity.episodes import Episodes, Event, direction
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


def one(key: str, n: int = 1, **over: Any) -> Event:
    base: dict[str, Any] = {
        "event_id": key, "signal_type": "funding_round", "happened_on": day(n), "dt": day(n), "company_id": "acme", "mention_id": "m",
    }  # fmt: skip
    return Event(**(base | over))


def joined(*events: Event, **over: Any) -> list[str]:
    """The first event of each one's episode."""
    known = Episodes(**over)
    first: dict[str, str] = {}
    out = []
    for each in events:
        got = known.join(each)
        first.setdefault(got.episode_id, each.event_id)
        out.append(first[got.episode_id])
    return out


def test_an_episode_is_named_by_its_first_known_record() -> None:
    got = Episodes().join(one("a"))
    assert got.episode_id == md5("funding_round", "a")
    assert got.is_first


def test_the_window_is_counted_from_the_first_known_record_not_from_the_last() -> None:
    assert joined(one("a", 1), one("b", 25), one("c", 31), one("d", 32)) == ["a", "a", "a", "d"]


def test_a_report_known_later_of_an_earlier_date_joins_too() -> None:
    assert joined(one("a", 40), one("b", 41, happened_on=day(20))) == ["a", "a"]


def test_a_bridge_learned_later_moves_nothing() -> None:
    assert joined(one("a", 1), one("b", 40), one("bridge", 41, happened_on=day(25))) == ["a", "b", "b"]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ({"currency": "USD", "amounts": (10e6,)}, {"currency": "USD", "amounts": (10.9e6,)}, True),
        ({"currency": "USD", "amounts": (10e6,)}, {"currency": "USD", "amounts": (12e6,)}, False),
        ({"currency": "USD", "amounts": (10e6,)}, {}, True),
        # native currency first: the USD values of the month would have said no
        (
            {"currency": "EUR", "amounts": (10e6,), "amounts_usd": (11e6,)},
            {"currency": "EUR", "amounts": (10e6,), "amounts_usd": (13e6,)},
            True,
        ),
        (
            {"currency": "EUR", "amounts": (10e6,), "amounts_usd": (11e6,)},
            {"currency": "USD", "amounts": (11e6,), "amounts_usd": (11e6,)},
            True,
        ),
        ({"currency": "EUR", "amounts": (10e6,)}, {"currency": "USD", "amounts": (25e6,)}, True),
    ],
)
def test_amounts_within_ten_percent_are_one_round_and_an_unknown_amount_joins_by_date(
    first: dict[str, Any], second: dict[str, Any], is_one: bool
) -> None:
    assert (joined(one("a", 1, **first), one("b", 5, **second)) == ["a", "a"]) is is_one


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ({"round_type": "debt"}, {"round_type": "series_b"}, False),
        ({"round_type": "ipo"}, {"round_type": "debt"}, False),
        ({"round_type": "seed"}, {"round_type": "series_a"}, True),  # vendors name early rounds as they like
        ({"round_type": "unknown"}, {"round_type": "series_b"}, True),
        ({"round_type": None}, {"round_type": "debt"}, True),
    ],
)
def test_rounds_of_kinds_that_are_never_one_stay_apart_although_the_amount_is_the_same(
    first: dict[str, Any], second: dict[str, Any], is_one: bool
) -> None:
    money = {"currency": "USD", "amounts": (10e6,)}
    assert (joined(one("a", 1, **money, **first), one("b", 3, **money, **second)) == ["a", "a"]) is is_one


@pytest.mark.parametrize(
    ("over", "is_one"),
    [
        ({}, False),
        ({"amounts": (100.0e6,)}, True),  # told again at the closing
        ({"happened_on": day(8)}, True),  # signed, then closed with a last cent more
        ({"accession": None}, True),  # a vendor's report of the same round
        ({"modality": "planned"}, True),  # roughly told
        ({"modality": "planned", "amounts": (103e6,)}, False),
        ({"modality": "planned", "amounts": (103e6,), "happened_on": day(8)}, True),
    ],
)
def test_two_filings_of_sales_done_with_figures_and_days_of_their_own_are_two_rounds(over: dict[str, Any], is_one: bool) -> None:
    told = {"currency": "USD", "modality": "done"}
    placement = one("a", 1, accession="0000000007-26-000001", amounts=(100.0e6,), round_type="unknown", **told)
    offering = {"accession": "0000000007-26-000002", "amounts": (100.1e6,), "round_type": "ipo", **told} | over
    assert (joined(placement, one("b", 22, **offering)) == ["a", "a"]) is is_one


def test_a_known_amount_prefers_the_episode_with_that_amount() -> None:
    small, large = {"currency": "USD", "amounts": (1e6,)}, {"currency": "USD", "amounts": (9e6,)}
    assert joined(one("a", 1, **small), one("b", 9, **large), one("c", 2, **large)) == ["a", "b", "b"]


def test_an_amendment_joins_its_parent_however_late_and_whatever_the_amount() -> None:
    parent = one("a", 1, accession="0000000001-26-000001", currency="USD", amounts=(1e6,))
    late = one("b", 300, accession="0000000001-26-000009", currency="USD", amounts=(5e6,), is_amendment=True)
    other = one("x", 290, accession="0000000001-26-000008", currency="USD", amounts=(4e6,))
    named = one("c", 301, accession="0000000001-26-000010", is_amendment=True, parent_accession="0000000001-26-000009")
    assert joined(parent, late, other, named) == ["a", "a", "x", "a"]


def test_an_amendment_without_a_parent_opens_an_episode() -> None:
    assert joined(one("a", 1, is_amendment=True, accession="0000000001-26-000001")) == ["a"]


def test_an_arrival_and_a_departure_of_one_person_are_two_happenings() -> None:
    change = {"signal_type": "executive_change", "person_id": "ada"}
    events = (
        one("a", 1, change_type="new_hire", **change),
        one("b", 5, change_type="Appointment", **change),
        one("c", 9, change_type="departure", **change),
        one("d", 9, change_type="resigned", **change),
    )
    assert joined(*events) == ["a", "a", "c", "c"]
    assert (direction("Hired"), direction("Stepped down"), direction(None)) == ("in", "out", "")


def test_two_people_who_are_merged_have_one_change() -> None:
    a = one("a", 1, signal_type="executive_change", person_id="ada", change_type="new_hire")
    b = one("b", 2, signal_type="executive_change", person_id="ada-2", change_type="new_hire")
    assert joined(a, b) == ["a", "b"]
    assert joined(a, b, person_root=lambda p: p.split("-")[0]) == ["a", "a"]


def test_an_acquisition_is_told_apart_by_the_other_company() -> None:
    deal = {"signal_type": "acquisition"}
    events = (
        one("a", 1, other_name="Blue Harbor Inc", **deal),
        one("b", 60, other_name="BLUE HARBOR", **deal),
        one("c", 61, other_name="Northwind", **deal),
        one("d", 99, other_name="Blue Harbor", **deal),
    )
    assert joined(*events) == ["a", "a", "c", "d"]
    by_id = (
        one("a", 1, other_company_id="x", other_name="Foo", **deal),
        one("b", 2, other_company_id="x", other_name="Foo of Bar", **deal),
    )
    assert joined(*by_id) == ["a", "a"]


@pytest.mark.parametrize(("apart", "amount", "modality", "is_one"), [
    (6, 115e6, "done", True), (6, 130e6, "done", False), (20, 115e6, "done", False), (6, 115e6, "planned", False),
])  # fmt: skip
def test_an_offering_that_closes_within_days_with_the_underwriters_option_is_one_round(
    apart: int, amount: float, modality: str, is_one: bool
) -> None:
    priced = one("a", 1, accession="0000000007-26-000001", currency="USD", amounts=(100e6,), modality="planned")
    closed = one("b", 1 + apart, accession="0000000007-26-000002", currency="USD", amounts=(amount,), modality=modality)
    assert (joined(priced, closed) == ["a", "a"]) is is_one


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("Harbor", "Harbor Inc.", True),
        ("Blue Harbor", "Blue Harbor Communications, Inc.", True),
        ("Blue Harbor Communications, Inc.", "Blue Harbor", True),
        ("Blue Harbor", "Blue Ridge Communications", False),
        ("Harbor Foods", "Blue Harbor Foods", False),
        ("AB", "AB Foods", False),  # too short to name anybody
    ],
)
def test_a_target_told_shorter_is_the_same_deal(first: str, second: str, is_one: bool) -> None:
    deal = {"signal_type": "acquisition"}
    told = joined(one("a", 1, other_name=first, **deal), one("b", 9, other_name=second, **deal))
    assert (told == ["a", "a"]) is is_one


def test_of_two_open_deals_the_one_with_the_very_name_is_joined() -> None:
    deal = {"signal_type": "acquisition"}
    long, short = one("a", 1, other_name="Blue Harbor Foods", **deal), one("b", 1, other_name="Northwind", **deal)
    assert joined(long, short, one("c", 20, other_name="Northwind Traders", **deal), one("d", 21, other_name="Northwind", **deal)) == [
        "a", "b", "b", "b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "column"),
    [("job_posting", "department"), ("expansion", "place"), ("technology_adoption", "subject"), ("regulatory_filing", "accession")],
)
def test_plain_subjects_match_as_words(kind: str, column: str) -> None:
    events = (one("a", 1, signal_type=kind, **{column: "North Side"}), one("b", 2, signal_type=kind, **{column: " north  side "}),
              one("c", 2, signal_type=kind, **{column: "South"}))  # fmt: skip
    assert joined(*events) == ["a", "a", "c"]


def test_added_and_removed_technology_are_two_happenings() -> None:
    told = {"signal_type": "technology_adoption", "subject": "SignTool"}
    assert joined(one("a", change_type="added", **told), one("b", 2, change_type="removed", **told)) == ["a", "b"]


def test_an_event_of_an_unknown_type_stops_the_run_by_name() -> None:
    with pytest.raises(Permanent, match="moon_landing"):
        Episodes().join(one("a", signal_type="moon_landing"))


def test_an_event_without_a_company_opens_its_own_episode() -> None:
    events = (one("a", company_id=None, mention_id="m1"), one("b", 2, company_id=None, mention_id="m2"))
    assert joined(*events) == ["a", "b"]


# ---- through the stage ---------------------------------------------------------------------------------------------


@pytest.fixture
def rt(tmp_path: Path) -> Runtime:
    return runtime(tmp_path)


def episodes_of(rt: Runtime) -> dict[str, str]:
    return {r["event_id"]: r["episode_id"] for r in get(rt, "episode_links")}


def test_events_of_one_company_meet_although_their_mentions_differ(rt: Runtime) -> None:
    a = mention("a", 1, name="Acme", domain="acme.example")
    b = mention("b", 3, name="Acme Inc", domain="acme.example")
    one_, two = event("a", a, 1, amount=Decimal(5_000_000), currency="USD"), event("b", b, 3, amount=Decimal(5_200_000), currency="USD")
    put(rt, "mentions", a, b)
    put(rt, "events", one_, two)
    for n in (1, 2, 3):
        stage.run(rt, day(n))
    assert len(set(episodes_of(rt).values())) == 1
    assert [r["is_first"] for r in sorted(get(rt, "episode_links"), key=lambda r: r["dt"])] == [True, False]


def test_companies_merged_later_keep_their_episodes_and_share_the_next(rt: Runtime) -> None:
    a, b = mention("a", 1, domain="acme.example", name="Acme"), mention("b", 1, minute=1, cik="7", name="Northwind")
    both = mention("c", 5, domain="acme.example", cik="7", name="Acme")
    x, y, z = event("x", a, 1), event("y", b, 2), event("z", both, 6)
    put(rt, "mentions", a, b, both)
    put(rt, "events", x, y, z)
    for n in range(1, 7):
        stage.run(rt, day(n))
    found = episodes_of(rt)
    assert found[x["event_id"]] != found[y["event_id"]]
    assert found[z["event_id"]] == found[y["event_id"]]  # the nearer of the two


def test_a_change_of_one_person_told_by_a_filing_and_a_file_is_one_episode(rt: Runtime) -> None:
    a = mention("a", 1, domain="acme.example", name="Acme")
    b = mention("b", 2, domain="acme.example", name="Acme")
    p, q = person("a", 1, employer=a, full_name="Ada B. Example"), person("b", 2, employer=b, full_name="EXAMPLE, ADA")
    kind = {"signal_type": "executive_change"}
    x = event("x", a, 1, person_record_id=p["person_record_id"], change_type="new_hire", **kind)
    y = event("y", b, 2, person_record_id=q["person_record_id"], change_type="Hired", **kind)
    put(rt, "mentions", a, b)
    put(rt, "people", p, q)
    put(rt, "events", x, y)
    stage.run(rt, day(2), since=day(1))
    assert len(set(episodes_of(rt).values())) == 1


def test_an_amended_filing_is_known_by_its_form(rt: Runtime) -> None:
    a = mention("a", 1, cik="7", name="Acme", dataset="sec_edgar__filings")
    b = mention("b", 200, cik="7", name="Acme", dataset="sec_edgar__filings")
    filed = {"dataset": "sec_edgar__filings"}
    x = event("x", a, 1, accession="0000000007-26-000001", **filed)
    y = event("y", b, 200, accession="0000000007-26-000009", **filed)
    put(rt, "mentions", a, b)
    put(rt, "events", x, y)
    put(rt, "documents", {"document_id": "d", "dataset": "sec_edgar__filings", "record_key": "y", "form": "D/A", "dt": day(200)})
    stage.run(rt, day(1))
    stage.run(rt, day(200))
    assert len(set(episodes_of(rt).values())) == 1


def test_an_event_landed_again_keeps_its_episode(rt: Runtime) -> None:
    a = mention("a", 1, domain="acme.example")
    put(rt, "mentions", a)
    put(rt, "events", event("x", a, 1), {**event("x", a, 1), "dt": day(3)})
    stage.run(rt, day(1))
    stage.run(rt, day(3))
    assert len(get(rt, "episode_links")) == 1


def test_dates_far_apart_do_not_meet_across_years() -> None:
    assert joined(one("a", 1), one("b", 1, happened_on=date(2020, 1, 1) + timedelta(days=1))) == ["a", "b"]
