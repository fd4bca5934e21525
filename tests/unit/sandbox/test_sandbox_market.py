"""The market itself: determinism, every case that suppression rules need, delays, noise, files."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sandbox_kit import START, ListSink, Sandbox, make

from sandbox.clock import opening_of, start_of, window_day
from sandbox.market import files, product
from sandbox.market.companies import company
from sandbox.market.people import headcount, person, person_of_id
from sandbox.world import World


def dump(home: Path, world: World) -> str:
    """Everything the market has done, as text: tables, files, truth."""
    tables = "\n".join(line for line in world.store.db.iterdump() if not line.startswith('INSERT INTO "kv"'))
    dropped = "".join(f"{p.name}:{p.read_bytes().hex()}" for p in sorted((home / "drop").rglob("*")) if p.is_file())
    truth = "".join(p.read_text() for p in sorted((home / "truth").iterdir()))
    return tables + dropped + truth + world.j.dump().hex()


def test_the_same_seed_and_the_same_doings_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        world, sink = make(tmp_path / name, companies=150, days=25)
        prospect = int(world.store.value("SELECT id FROM o_prospect WHERE optedOut = 0 AND emailOptedOut = 0 ORDER BY id LIMIT 1"))
        from sandbox.market import prospects

        prospects.enrol(world, prospect, "Company News", opening_of(START))
        world.settle(opening_of(START + timedelta(days=12)))
        made.append((dump(tmp_path / name, world), sink.lines, sink.users))
        world.store.close()
    assert made[0] == made[1]


def test_another_seed_is_another_market(tmp_path: Path) -> None:
    one, _ = make(tmp_path / "one", companies=60, days=10)
    two, _ = make(tmp_path / "two", companies=60, days=10, seed=8)
    assert [one.company(i).domain for i in range(10, 60)] != [two.company(i).domain for i in range(10, 60)]


def test_one_long_advance_equals_many_short_ones(tmp_path: Path) -> None:
    make(tmp_path / "base", companies=150, days=20)[0].store.close()
    shutil.copytree(tmp_path / "base", tmp_path / "long")
    shutil.copytree(tmp_path / "base", tmp_path / "short")
    from sandbox.store import Store

    worlds = {name: World(Store(tmp_path / name / "sandbox.db"), ListSink(), tmp_path / name) for name in ("long", "short")}
    worlds["long"].settle(opening_of(START + timedelta(days=6)))
    for hours in range(1, 6 * 24 + 1):
        worlds["short"].settle(opening_of(START) + timedelta(hours=hours))
    states = {
        name: [w.store.rows(f"SELECT * FROM {t} ORDER BY 1") for t in ("filing", "Opportunity", "o_mailing", "o_sequence_state", "w_user")]
        for name, w in worlds.items()
    }
    assert states["long"] == states["short"]
    assert np.array_equal(worlds["long"].j.stage, worlds["short"].j.stage)


def test_the_state_of_the_market_survives_its_process(tmp_path: Path) -> None:
    from sandbox.store import Store

    world, _ = make(tmp_path / "kept", companies=150, days=20)
    world.settle(opening_of(START + timedelta(days=1)))
    shutil.copytree(tmp_path / "kept", tmp_path / "again")
    world.settle(opening_of(START + timedelta(days=4)))
    again = World(Store(tmp_path / "again" / "sandbox.db"), ListSink(), tmp_path / "again")
    again.settle(opening_of(START + timedelta(days=4)))
    for table in ("Account", "Opportunity", "o_mailing", "filing", "w_user"):
        assert world.store.rows(f"SELECT * FROM {table}") == again.store.rows(f"SELECT * FROM {table}"), table


def test_a_failed_day_leaves_no_trace(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    world = sandbox.box.world
    before = world.store.count("filing"), world.rolled

    def broken(*_: object) -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(product, "step", broken)
    with pytest.raises(RuntimeError, match="out of paper"):
        world.settle(start_of(START + timedelta(days=1)))
    assert world.store.count("filing") == before[0]


SUPPRESSIONS = {
    "customer": "SELECT 1 FROM Account WHERE Type = 'Customer' AND Id IN (SELECT AccountId FROM Opportunity WHERE IsWon = 1)",
    "open deal": "SELECT 1 FROM Opportunity WHERE IsClosed = 0",
    "opted out in the CRM": "SELECT 1 FROM Contact WHERE HasOptedOutOfEmail = 1",
    "do-not-contact person": "SELECT 1 FROM Contact WHERE Do_Not_Contact__c = 1",
    "do-not-contact account": "SELECT 1 FROM Account WHERE Do_Not_Contact__c = 1",
    "lead that opted out": "SELECT 1 FROM Lead WHERE HasOptedOutOfEmail = 1",
    "opted out in the sequencer": "SELECT 1 FROM o_prospect WHERE optedOut = 1",
    "unsubscribed": "SELECT 1 FROM o_email WHERE unsubscribedAt IS NOT NULL",
    "bounced in the sequencer": "SELECT 1 FROM o_email WHERE status = 'Bounced'",
    "bounced in the CRM": "SELECT 1 FROM Contact WHERE EmailBouncedDate IS NOT NULL",
    "in an active sequence": "SELECT 1 FROM o_sequence_state WHERE state = 'active'",
    "competitor's employee": "SELECT 1 FROM Contact WHERE Email LIKE '%@stampwell.example'",
    "own employee": "SELECT 1 FROM Contact WHERE Email LIKE '%@proof.example'",
    "blocked country": "SELECT 1 FROM Contact WHERE MailingCountryCode = 'DE'",
    "recently touched": "SELECT 1 FROM o_prospect WHERE touchedAt > '2026-06-01'",
    "free-mail user": "SELECT 1 FROM w_user WHERE email LIKE '%@freemail.example'",
    "contact without address": "SELECT 1 FROM Contact WHERE Email IS NULL",
    "prospect without address": "SELECT 1 FROM o_prospect WHERE emails = '[]'",
    "gambling": "SELECT 1 FROM Account WHERE Industry = 'Gambling'",
    "government": "SELECT 1 FROM Account WHERE Industry = 'Government'",
    "account twice": "SELECT 1 FROM Account GROUP BY w_company HAVING count(*) > 1",
    "account without domain": "SELECT 1 FROM Account WHERE Domain__c IS NULL AND Website IS NULL",
    "converted lead": "SELECT 1 FROM Lead WHERE IsConverted = 1 AND ConvertedContactId IS NOT NULL",
    "loss with a competitor": "SELECT 1 FROM Opportunity WHERE Loss_Reason__c = 'Competitor' AND Competitor__c IS NOT NULL",
    "inactive owner": "SELECT 1 FROM User WHERE IsActive = 0",
    "mailbox that cannot send": "SELECT 1 FROM o_mailbox WHERE sendDisabled = 1",
    "meeting held": "SELECT 1 FROM Event WHERE Meeting_Status__c = 'Held'",
    "deleted account": "SELECT 1 FROM Account WHERE IsDeleted = 1",
}


@pytest.mark.parametrize("case", SUPPRESSIONS)
def test_every_case_that_rules_look_for_occurs(sandbox: Sandbox, case: str) -> None:
    assert sandbox.box.store.value(SUPPRESSIONS[case]) == 1


def test_history_has_outcomes_of_a_former_team(sandbox: Sandbox) -> None:
    store = sandbox.box.store
    assert store.value("SELECT count(*) FROM o_sequence_state WHERE repliedAt IS NOT NULL") > 5
    assert store.value("SELECT count(*) FROM OpportunityHistory") > store.count("Opportunity")
    labels = {r["custom"] for r in store.rows("SELECT DISTINCT json_extract(custom, '$.custom1') AS custom FROM o_prospect")}
    assert {"intent_surge", "funding_round", "list"} <= labels


def test_an_enrolment_of_ours_is_mailed_and_may_be_answered(sandbox: Sandbox) -> None:
    box = sandbox.box
    from sandbox.market import prospects

    warm = np.flatnonzero((box.world.j.stage >= 3) & ~box.world.j.customer)
    enrolled = []
    for i in warm[:40]:
        for k in range(headcount(box.world.company(int(i)))):
            prospect = prospects.new_prospect(box.world, box.world.company(int(i)), person(7, int(i), k), box.now())
            if prospects.enrol(box.world, prospect, "Intent Surge", box.now()):
                enrolled.append(prospect)
    box.world.settle(opening_of(START + timedelta(days=20)))
    marks = ",".join(map(str, enrolled))
    replies = box.store.value(f"SELECT count(*) FROM o_mailing WHERE repliedAt IS NOT NULL AND prospect IN ({marks})")
    delivered = box.store.value(f"SELECT count(DISTINCT prospect) FROM o_mailing WHERE deliveredAt IS NOT NULL AND prospect IN ({marks})")
    assert delivered > 0.7 * len(enrolled)
    assert 0.03 * len(enrolled) < replies < 0.5 * len(enrolled)


def test_a_paused_enrolment_is_not_mailed_on(sandbox: Sandbox) -> None:
    from sandbox.market import engage

    box = sandbox.box
    active = box.store.one("SELECT id, prospect FROM o_sequence_state WHERE state = 'active' AND deliverCount = 1 ORDER BY id DESC LIMIT 1")
    assert active
    engage.change_state(box.world, active["id"], box.now(), state="paused")
    box.world.settle(opening_of(START + timedelta(days=20)))
    assert box.store.value("SELECT count(*) FROM o_mailing WHERE sequenceState = ?", (active["id"],)) == 1


def test_some_usage_is_loaded_days_after_its_event(tmp_path: Path) -> None:
    _, sink = make(tmp_path / "m", companies=300, days=30)
    delays = [(date.fromisoformat(loaded[:10]) - date.fromisoformat(line.split("\t")[1])).days for loaded, line in sink.lines]
    assert min(delays) == 1
    assert 0.01 < sum(d > 1 for d in delays) / len(delays) < 0.06


def test_every_dropped_file_has_its_marker_and_a_readable_header(template: Path) -> None:
    found = sorted((template / "drop").rglob("*.csv"))
    assert {p.parents[1].name for p in found} == set(files.COLUMNS)
    encodings = set()
    for path in found:
        assert path.with_name(path.name + ".done").exists()
        raw = path.read_bytes()
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig" if raw[:3] == b"\xef\xbb\xbf" else "cp1252"
        encodings.add(encoding)
        header = raw.decode(encoding, errors="replace").splitlines()[0]
        assert len(header.replace(";", ",").replace("\t", ",").replace("|", ",").split(",")) >= 6
    assert len(encodings) == 3


def test_a_share_of_file_rows_names_no_domain_and_a_few_are_broken() -> None:
    rows = [{"company_name": "Acme", "company_domain": "", "announced_on": "2026-06-01"}, {"company_name": "Bcme", "announced_on": "n/a"}]
    for number in range(200):
        text = files.render("funding", START + timedelta(days=number), rows)
        if b"," in text[:40] and b"\x00" not in text:
            parsed = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
            assert parsed[1][1] == "" and len(parsed[0]) == 13
            return
    raise AssertionError("no comma file in two hundred days")


def test_filings_hold_funds_amendments_rumours_and_absent_documents(sandbox: Sandbox) -> None:
    store = sandbox.box.store
    bodies = [json.loads(r["body"]) for r in store.rows("SELECT body FROM filing WHERE form IN ('D', 'D/A')")]
    assert any(b["fund"] for b in bodies) and any(not b["fund"] for b in bodies)
    assert (
        any(b["offering"] == "Indefinite" for b in bodies) and any(b["amends"] for b in bodies) and any(not b["first_sale"] for b in bodies)
    )
    items = {i for r in store.rows("SELECT items FROM filing WHERE form LIKE '8-K%'") for i in r["items"].split(",")}
    assert {"1.01", "2.01", "2.02", "5.02", "5.07", "8.01", "9.01"} <= items
    assert store.value("SELECT count(*) FROM filing WHERE has_document = 0") > 0
    assert store.value("SELECT count(*) FROM filing WHERE form LIKE 'D%' AND form NOT IN ('D', 'D/A')") > 0


def test_companies_of_any_market_have_domains_of_their_own() -> None:
    domains = [company(7, i).domain for i in range(6000)]
    assert len(set(domains)) == len(domains)
    assert all(d.endswith(".example") for d in domains)


def test_a_directory_id_leads_back_to_its_person_and_nowhere_else() -> None:
    p = person(7, 55, 1)
    assert person_of_id(7, p.people_id, 100) == p
    assert person_of_id(7, "P0000055099", 100) is None and person_of_id(7, "P9999999001", 100) is None and person_of_id(7, "x", 100) is None


def test_a_day_runs_from_six_to_six_in_new_york() -> None:
    assert start_of(date(2026, 6, 30)).isoformat() == "2026-06-30T10:00:00+00:00"
    assert start_of(date(2026, 12, 1)).isoformat() == "2026-12-01T11:00:00+00:00"
    assert window_day(start_of(START) - timedelta(seconds=1)) == START - timedelta(days=1)


def test_a_market_too_small_to_mean_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 10 companies"):
        make(tmp_path / "tiny", companies=3)
