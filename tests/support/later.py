"""A world in which everything that comes after a day says something else, for tests that no number of the day knows it.

`day_as_it_was()` (up to `DAY`) and the same with `after(...)` added → builds → features and scores of `DAY` must be the same bits.
Each function below is one kind of later knowledge; a new kind is a new function in `KINDS`. Does not belong here: building, comparing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signals_pipeline.keys import as_uuid, md5
from signals_pipeline.rules.seeds import seed
from support.lake_rows import Days, at, company_id, envelope, span
from support.signals_world import ago, world

DAY = ago(3)
LATE, LATER = ago(2), ago(1)  # days of what came after
FOUND_LATE = {  # records that nobody has linked by the day, and whose they turn out to be
    ("sixsense__account_scores", "acme-labs.example"): "Acme",
    ("product_db__users", "u8"): "Bolt",
    ("product_db__users", "u3"): "Dune",
}
MADE_BY_DBT = ("intent", "product")  # families whose signals follow from states and counts; the others' come as events


def day_as_it_was() -> Days:
    """The hand-made world, and facts of which later rows could change the reading."""
    d = world()
    # a second domain of Acme's that nobody has linked yet; Cobalt surged before Bolt did
    for day in span(ago(30), 28):
        d.account_score(day, "acme-labs.example", stage="Purchase", intent=95.0)
        d.account_score(day, "cobalt.example", stage="Decision" if day >= ago(20) else "Target", intent=70.0)
        d.account_score(day, "bolt.example", stage="Decision" if day >= ago(12) else "Awareness", intent=71.0)
        d.segment(day, "cobalt.example")
    d.add("mentions", ago(30), *(_named(dataset, key) for dataset, key in FOUND_LATE))
    for name in ("Bolt", "Cobalt", "Dune"):
        d.mention(ago(40), "sixsense__account_scores", f"{name.lower()}.example", name, domain=f"{name.lower()}.example")
    # spikes in the weeks of 22 and 8 days ago; a completion that may not be the first; a trial without a sign of life
    d.user(ago(40), "u5", "Acme", signup=ago(60), plan="paid")
    for days, count in ((34, 1), (20, 60), (6, 90)):
        d.use("u5", "transaction", ago(days), count)
    d.user(ago(40), "u6", "Cobalt", signup=ago(200), plan="paid")
    d.use("u6", "notarization_completed", ago(10), 1)
    d.user(ago(20), "u7", "Stampwell", signup=ago(20))
    d.user(ago(40), "u10", "Dune", signup=ago(60), plan="paid")  # too little for a spike, unless weeks of silence had come before
    d.use("u10", "transaction", ago(20), 6)
    # who works where: by the person alone, by the record's own word
    d.user(ago(30), "u8", None, signup=ago(30), plan="paid")
    d.add("person_links", ago(29), {"person_record_id": _record("u8"), "person_id": as_uuid(md5("p", "u8")), "method": "email",
                                    "company_id": company_id("Cobalt"), "probability": 1.0})  # fmt: skip
    d.use("u8", "login", ago(4), 7)
    d.mention(ago(30), "product_db__users", "u9", "Stampwell", role="employer", employees=77, country="FR", industry="Printing")
    # a deal that is still open, and one that was lost
    d.opportunity(ago(20), "006D", "001D")
    return d


def after() -> Days:
    """Everything of the day, the days after it told otherwise, and what comes late."""
    d = day_as_it_was()
    for kind in KINDS.values():
        kind(d)
    return d


def late_reports(d: Days) -> None:
    """Other sources tell of what had happened before the day: a round, a departure, older dates and larger amounts of known episodes, and
    something of every type of the seed that comes as an event."""
    episode = md5("sec_edgar__filings", "0001", "funding_round", 0)
    old = at(ago(60), 0)
    d.event(LATE, "Acme", "funding_round", key="late", dataset="crunchbase__funding_rounds", amount=900_000_000, currency="USD",
            occurred_at=old, known_at=at(ago(5)), first_event_id=episode)  # fmt: skip
    d.event(LATE, "Bolt", "executive_change", key="late2", level="c_suite", change_type="departure", title="Chief Risk Officer",
            occurred_at=old, known_at=at(ago(5)))  # fmt: skip
    d.event(LATER, "Dune", "funding_round", key="new", amount=5_000_000, currency="USD")
    told = sorted(str(r["signal_type"]) for r in seed("signal_types") if r["family"] not in MADE_BY_DBT)
    for n, kind in enumerate(told):
        company = ("Acme", "Bolt", "Cobalt", "Dune")[n % 4]
        d.event(LATE, company, kind, key=f"late{n + 3}", occurred_at=at(ago(40 + n), 0), known_at=at(ago(39)))
        d.event(LATER, company, kind, key=f"later{n}", occurred_at=at(ago(4), 0), known_at=at(ago(4)))


def corrected_amounts(d: Days) -> None:
    """Known records are read again: other amounts, dates, kinds and texts under the same ids."""
    for (name, day), rows in list(d.rows.items()):
        if name == "events" and day <= DAY:
            for row in rows:
                new = {"amount": 777_000_000, "occurred_at": at(ago(70), 0), "title": "Other", "extractor_version": "2", "modality": "done"}
                d.add("events", LATE, row | new)


def bridged_episodes(d: Days) -> None:
    """Episodes of the day are one episode now, and of another company: every link is said again."""
    first = md5("funding_round", md5("sec_edgar__filings", "0001", "funding_round", 0))
    for (name, day), rows in list(d.rows.items()):
        if name == "episode_links" and day <= DAY:
            for row in rows:
                d.add("episode_links", LATE, row | {"episode_id": first, "company_id": company_id("Stampwell"), "is_first": False})


def merges(d: Days) -> None:
    for one, into in (("Cobalt", "Acme"), ("Bolt", "Acme"), ("Stampwell", "Dune")):
        d.add("company_merges", LATE, {"company_id": company_id(one), "into_company_id": company_id(into), "op": "merge"})
    d.add("company_merges", LATE, {"company_id": company_id("Boltt"), "into_company_id": company_id("Acme"), "op": "merge"})


def links_said_again(d: Days) -> None:
    """Records find their company late, or come to belong to another one."""
    for (dataset, key), company in FOUND_LATE.items():
        d.add("company_links", LATE, {"mention_id": md5(dataset, key, "subject"), "company_id": company_id(company), "method": "domain",
                                      "probability": 1.0, "decided_by": "key"})  # fmt: skip
    for (name, day), rows in list(d.rows.items()):
        if name == "company_links" and day < DAY:
            for row in rows:
                d.add("company_links", LATE, row | {"company_id": company_id("Dune")})


def firmographics(d: Days) -> None:
    """Every record that names a company says another size, country and industry."""
    for (name, day), rows in list(d.rows.items()):
        if name == "mentions" and day <= DAY:
            for row in rows:
                d.add("mentions", LATE, row | {"employees": 13, "country": "JP", "industry": "Mining", "known_at": at(LATE)})


def crm_overwritten(d: Days) -> None:
    """Deals change their stage, account, dates and amounts; one vanishes; one was created and lost long ago, says the CRM now. An account
    is new."""
    d.mention(LATE, "salesforce__accounts", "001N", "Newcomer", domain="newcomer.example", account_id_salesforce="001N")
    for day in span(LATE, 3):
        d.rows[("salesforce__accounts", day)] = []
        d.rows[("salesforce__opportunities", day)] = []
        for n, name in enumerate(("Acme", "Bolt", "Cobalt", "Dune", "Stampwell")):
            d.account(day, f"001{name[0]}", name, employees=7 + n, country="DE", industry="Gambling", type="Customer")
        lost: dict[str, Any] = {"closed": True, "close_date": ago(9), "created_at": at(ago(90)), "amount": 1, "stage_name": "Closed Lost"}
        d.opportunity(day, "006C", "001B", **lost)
        d.opportunity(day, "006E", "001A", **lost | {"won": True, "stage_name": "Closed Won"})
        d.opportunity(day, "006F", "001S", **lost)
        d.opportunity(day, "006G", "001A", created_at=at(ago(50)))


def histories_of_deals(d: Days) -> None:
    """Steps of deals dated before the day, told after it."""
    for n, deal in enumerate(("006C", "006D", "006E")):
        step = {"history_id": f"h{n}", "opportunity_id": deal, "is_closed": True, "is_won": True, "created_at": at(ago(30))}
        d.add("salesforce__opportunity_history", LATE, envelope(f"h{n}", LATE, known_at=at(ago(30))) | step)


def intent_overwritten(d: Days) -> None:
    """Every answer is another one; a company surges for the first time, and one again, which supersedes its surge of the day."""
    for day in span(LATE, 3):
        d.rows[("sixsense__account_scores", day)] = []
        hot = ("dune.example",) if day < LATER else ("dune.example", "acme.example")
        for n, domain in enumerate(c for c in ("acme.example", "bolt.example", "cobalt.example") if c not in hot):
            stage = ("Target", "Purchase", "Consideration", "Awareness")[(n + day.day) % 4]
            d.account_score(day, domain, stage=stage, intent=1.0 + n, fit="Weak")
            d.rows[("sixsense__account_scores", day)][-1]["profile_score"] = 3.0 + n
        for domain in hot:
            d.account_score(day, domain, stage="Purchase", intent=93.0)
        d.rows[("sixsense__segment_members", day)] = []
        d.segment(day, "stampwell.example", *hot)


def usage_late(d: Days) -> None:
    """Counts of long ago land late (before the first week held, in the week between two spikes, on the day of a signup); others are said
    again ten times as large."""
    for (name, day), rows in list(d.rows.items()):
        if name == "product_db__daily_events" and day <= DAY:
            for row in rows:
                d.add(name, LATE, row | {"event_count": row["event_count"] * 10, "loaded_at": at(LATE, 8)})
    d.use("u5", "transaction", ago(190), 1, landed=LATE)
    d.use("u6", "login", ago(199), 3, landed=LATE)
    d.use("u5", "transaction", ago(13), 400, landed=LATE)
    d.use("u7", "login", ago(20), 1, landed=LATE)
    d.use("u2", "notarization_completed", ago(19), 2, landed=LATE)
    for user in ("u1", "u4"):
        d.use(user, "transaction", ago(60), 500, landed=LATE)


def users_overwritten(d: Days) -> None:
    """Users have another signup, plan and size; one who signed up before the day and completed something on it is told of after it; a pull
    of the product database has come."""
    for n, user in enumerate(("u1", "u2", "u4", "u5", "u6", "u7")):
        row = {"user_id": user, "plan_type": "pro_trial", "signup_at": at(ago(5 + n), 9), "company_size": 9000, "team_members": 900}
        d.add("product_db__users", LATE, envelope(user, LATE) | row)
    d.user(LATE, "u11", "Acme", signup=ago(5))
    d.use("u11", "notarization_completed", DAY, 1, landed=LATE)
    d.add("stream_runs", LATE, {"stream": "product_db.daily_events", "status": "ok", "ended_at": datetime(2026, 6, 28, 7)})


def inhibitors(d: Days) -> None:
    for n, (company, items) in enumerate((("Acme", "1.03"), ("Bolt", "2.05"), ("Cobalt", "2.05, 1.03"))):
        document = {"dataset": "sec_edgar__filings", "record_key": f"bad{n}", "form": "8-K", "items": items, "events": 0}
        d.add("documents", LATE, document | {"document_id": f"bad{n}", "reason": "no_relevant_item"})
        d.mention(LATE, "sec_edgar__filings", f"bad{n}", company)


def sends(d: Days) -> None:
    """What we wrote on the day itself and after it, and another end of what we wrote before."""
    for n, (day, company, status) in enumerate(((DAY, "Acme", "confirmed"), (LATE, "Bolt", "sent"), (LATE, "Acme", "confirmed"))):
        row = {"effect_id": f"late{n}", "destination": "outreach", "status": status, "company_id": company_id(company)}
        d.add("sends", day, row)
    d.add("sends", LATER, {"effect_id": "e1", "destination": "outreach", "status": "failed", "company_id": company_id("Acme")})


KINDS: dict[str, Callable[[Days], None]] = {
    f.__name__: f
    for f in (late_reports, corrected_amounts, bridged_episodes, merges, links_said_again, firmographics, crm_overwritten,
              histories_of_deals, intent_overwritten, usage_late, users_overwritten, inhibitors, sends)
}  # fmt: skip


def _record(user: str) -> str:
    return md5("person", "product_db__users", user, 0)


def _named(dataset: str, record_key: str) -> dict[str, Any]:
    """A mention that nothing is linked to yet."""
    named = {"dataset": dataset, "record_key": record_key, "role": "subject", "known_at": at(ago(30)), "name": record_key}
    return {"mention_id": md5(dataset, record_key, "subject"), **named}
