"""Stage 6: `run(rt, dt)`. Holdout first; then search, choose and complete the people of hot accounts, within the credits.

account_eligibility + account_scores → `run` → lake `enrichment_results`, `people`, `person_links`, `ops__holdout`.
A second run of a day spends nothing (what was bought stands in ledger and cache) and writes the same bytes.
A day of the past is left as it stands: a backfill neither draws nor spends. (A run that ends after the next day began may finish.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pyarrow.compute as pc

from signals_pipeline.enrichment import accounts, holdout
from signals_pipeline.enrichment.accounts import DATASET, STREAM, Account
from signals_pipeline.enrichment.cache import Answer, AnswerCache
from signals_pipeline.enrichment.credits import CreditLedger, Purchase
from signals_pipeline.enrichment.personas import Candidate, ranked
from signals_pipeline.enrichment.providers import Provider, waterfall
from signals_pipeline.errors import ContractBroken, Transient, UnknownOutcome
from signals_pipeline.identity.merged import merged_ids
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.http import Http
from signals_pipeline.keys import as_uuid, email_key, md5
from signals_pipeline.runtime import Runtime
from signals_pipeline.vendors.sixsense import SixSense

SEARCH = "sixsense.search"
PAGE, PAGES = 100, 3
LATE = timedelta(days=1)
_BETTER = ("miss", "low_grade", "hit")
_KEPT = ("peopleId", "id", "personId", "title", "jobTitle", "level", "jobLevel", "function", "jobFunction", "hasEmail")


@dataclass
class EnrichmentReport:
    """What a day's enrichment did. `status`: ok | off (no token) | past (left as it stands) | failed (`error` says why)."""

    dt: date
    status: str = "ok"
    error: str | None = None
    eligible: int = 0
    newly_drawn: int = 0
    newly_held_out: int = 0
    considered: int = 0  # hot, eligible, not held out
    held_out: int = 0  # hot and eligible, but held out: no money
    enough_contacts: int = 0
    without_domain: int = 0
    searched: int = 0
    search_cache_hits: int = 0
    chosen: int = 0
    people_found: int = 0
    low_grade: int = 0
    misses: int = 0
    unknown: int = 0  # answers that were lost; their credits count as spent
    cache_hits: int = 0
    capped: int = 0  # look-ups and accounts left out because the credits are used up
    credits: float = 0.0
    usd: float = 0.0
    requests: int = 0
    waits_s: float = 0.0


@dataclass
class _LookUp:
    account: Account
    candidate: Candidate
    key: str
    provider: str = ""
    outcome: str = ""
    answer: Answer | None = None
    credits: float = 0.0
    is_cached: bool = False


@dataclass
class _Day:
    rt: Runtime
    dt: date
    report: EnrichmentReport
    ledger: CreditLedger = field(init=False)
    cache: AnswerCache = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = CreditLedger(self.rt.ops, self.rt.profile.enrichment)
        self.cache = AnswerCache(self.rt.ops, self.rt.profile.enrichment)


def run(rt: Runtime, dt: date, *, transport: httpx.AsyncBaseTransport | None = None) -> EnrichmentReport:
    """Enrich the hot accounts of a day. A provider that is down ends in `status='failed'`, what was found until then is written.

    Raises Transient when eligibility is not built. `transport` is swapped in tests.
    """
    report = EnrichmentReport(dt)
    if dt < rt.today() - LATE:
        report.status = "past"
        return report
    merged = merged_ids(rt.lake, dt)
    rows = accounts.eligible(rt)
    report.eligible = len(rows)
    standing = holdout.arms_standing(rt, merged)
    arms = holdout.draw(rt, dt, [r["company_id"] for r in rows], merged)
    new = {c: a for c, a in arms.items() if c not in standing}
    report.newly_drawn, report.newly_held_out = len(new), sum(holdout.HELD_OUT in a for a in new.values())
    holdout.land(rt, dt)
    hot = accounts.hot(rt, dt, rows, merged)
    treated = [a for a in hot if arms.get(merged.get(a.company_id, a.company_id)) == {holdout.TREATED}]
    report.held_out = len(hot) - len(treated)
    report.considered = len(treated)
    look_ups: list[_LookUp] = []
    if not rt.settings.secret("sixsense_people_token"):
        report.status = "off"
    else:
        day = _Day(rt, dt, report)
        look_ups = asyncio.run(_enrich(day, treated, transport))
        report.credits, report.usd = day.ledger.day(dt)
    _write(rt, dt, look_ups)
    return report


async def _enrich(day: _Day, treated: Sequence[Account], transport: httpx.AsyncBaseTransport | None) -> list[_LookUp]:
    look_ups: list[_LookUp] = []
    async with Http(day.rt.settings, day.rt.ops, transport=transport) as http:
        providers = waterfall(day.rt.settings, http, day.rt.ops)
        client, pending = SixSense(day.rt.settings, http, day.rt.ops), list(treated)
        try:
            while pending:  # misses give credits back: go on with the next accounts until the credits are really used
                picked, pending = await _choose(day, pending, client, providers[0].name, {u.key for u in look_ups})
                look_ups += picked
                for provider in providers:
                    await _ask(day, provider, [u for u in picked if u.outcome != "hit"])
                if day.ledger.remaining(day.dt) < 1:
                    break
        except (ContractBroken, Transient) as down:
            day.report.status, day.report.error = "failed", f"{type(down).__name__}: {down}"
        day.report.capped += len(pending) if day.report.status == "ok" else 0
        total = http.stats("sixsense")
        day.report.requests, day.report.waits_s = total.requests, round(total.waits_s, 3)
    done = [u for u in look_ups if u.outcome]
    for u in done:
        day.report.people_found += u.outcome == "hit"
        day.report.low_grade += u.outcome == "low_grade"
        day.report.misses += u.outcome == "miss"
        day.report.unknown += u.outcome == "unknown"
        day.report.cache_hits += u.is_cached
    return done


async def _choose(
    day: _Day, treated: Sequence[Account], client: SixSense, provider: str, taken: set[str]
) -> tuple[list[_LookUp], list[Account]]:
    """The people to complete, hottest account first, until the day's credits are spoken for; and the accounts left over."""
    rules, report, left, now = day.rt.profile.enrichment, day.report, day.ledger.remaining(day.dt), day.rt.stamp()
    bought = day.ledger.bought(provider, day.dt)
    chosen: list[_LookUp] = []
    rest: list[Account] = []
    for account in treated:
        need = rules.contacts_per_account - account.wanted_people
        if need <= 0:
            report.enough_contacts += 1
        elif not account.domain:
            report.without_domain += 1
        else:
            key = f"domain:{account.domain}"
            known = day.cache.recall(SEARCH, key, now)
            if known is None and left < 1:
                rest.append(account)
                continue
            report.search_cache_hits += known is not None
            if known is None:
                known = Answer("hit", await _search(client, account.domain), now)
                day.cache.remember(SEARCH, key, known)
                report.searched += 1
            for candidate in ranked(known.payload, rules):
                u = _LookUp(account, candidate, f"people:{candidate.people_id}")
                before = day.cache.recall(provider, u.key, now)
                if need == 0:
                    break
                if candidate.people_id in account.people_ids or u.key in taken:
                    continue
                if before is not None and before.outcome == "miss" and u.key not in bought:
                    continue  # asked on an earlier day, and unknown there: the next best one gets the place
                chosen.append(u)
                taken.add(u.key)
                need, left = need - 1, left - (before is None)
    report.chosen += len(chosen)
    return chosen, rest


async def _search(client: SixSense, domain: str) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    for page in range(1, PAGES + 1):
        found = await client.search_people(domain=domain, page=page, page_size=PAGE)
        people += [{k: p[k] for k in _KEPT if k in p} for p in found]
        if len(found) < PAGE:
            break
    return people


async def _ask(day: _Day, provider: Provider, look_ups: Sequence[_LookUp]) -> None:
    """One provider of the waterfall: cache, then reservations, then calls."""
    now = day.rt.stamp()
    bought = day.ledger.bought(provider.name, day.dt)
    open_: list[_LookUp] = []
    for u in look_ups:
        known = day.cache.recall(provider.name, u.key, now)
        if known is None:
            open_.append(u)
        else:
            _take(day, u, provider.name, known, bought.get(u.key, 0.0), is_cached=u.key not in bought)
    for start in range(0, len(open_), provider.batch):
        part = open_[start : start + provider.batch]
        purchases = [Purchase(u.key, u.account.company_id, u.account.signal_id) for u in part]
        entries = day.ledger.reserve(day.dt, provider.name, purchases, now)
        granted = {u.key: (u, entry) for u, entry in zip(part, entries, strict=True) if entry is not None}
        day.report.capped += len(part) - len(granted)
        if not granted:
            day.report.capped += len(open_) - start - len(part)  # the batches that were not even asked for
            return
        ids = [entry for _, entry in granted.values()]
        try:
            answers = await provider.look_up(list(granted))
        except UnknownOutcome:
            day.ledger.lost(ids)
            for u, _ in granted.values():
                u.provider, u.outcome, u.credits = provider.name, "unknown", u.credits + 1.0
            raise
        except (ContractBroken, Transient):
            day.ledger.release(ids)  # refused before anything was charged
            raise
        day.ledger.settle({entry: float(answers.get(key) is not None) for key, (_, entry) in granted.items()})
        at = day.rt.stamp()
        for key, (u, _) in granted.items():
            person = answers.get(key)
            answer = Answer("hit" if person else "miss", person, at)
            day.cache.remember(provider.name, key, answer)
            _take(day, u, provider.name, answer, float(person is not None), is_cached=False)


def _take(day: _Day, u: _LookUp, provider: str, answer: Answer, credits: float, *, is_cached: bool) -> None:
    """A provider's answer, unless an earlier one of the waterfall was better; what it cost counts either way."""
    grade = (answer.payload or {}).get("email_grade")
    outcome = answer.outcome if answer.outcome == "miss" or grade in day.rt.profile.enrichment.email_grades else "low_grade"
    u.credits += credits
    if u.outcome not in _BETTER or _BETTER.index(outcome) > _BETTER.index(u.outcome):
        u.provider, u.answer, u.outcome, u.is_cached = provider, answer, outcome, is_cached


def _write(rt: Runtime, dt: date, look_ups: Iterable[_LookUp]) -> None:
    results, people, links = [], {}, {}
    usd = rt.profile.enrichment.usd_per_credit
    for u in look_ups:
        record_id = None
        if u.outcome in ("hit", "low_grade") and u.answer:
            record_id = md5("person", DATASET, u.candidate.people_id, 0)
            key = email_key(u.answer.payload["email"], rt.settings.secret("hash_key"))
            is_good = u.outcome == "hit"  # an address of a low grade bounces, and bounces cost the mailbox: it is not kept
            people[record_id] = {
                **{k: v for k, v in u.answer.payload.items() if k != "email" or is_good},
                "person_record_id": record_id, "dataset": DATASET, "record_key": u.candidate.people_id, "known_at": u.answer.at,
                "email_key": key if is_good else None, "title": u.answer.payload["title"] or u.candidate.title,
                "level": u.candidate.level, "department": u.candidate.department, "people_id_sixsense": u.candidate.people_id,
            }  # fmt: skip
            same = u.account.person_ids.get(key or "")
            links[record_id] = {
                "person_record_id": record_id, "person_id": same or as_uuid(record_id), "company_id": u.account.company_id,
                "method": "email" if same else "enrichment", "probability": 1.0,
            }  # fmt: skip
        results.append(
            {
                "company_id": u.account.company_id, "signal_id": u.account.signal_id, "provider": u.provider, "lookup_key": u.key,
                "outcome": u.outcome, "person_record_id": record_id, "credits": u.credits, "usd": u.credits * usd,
                "is_cached": u.is_cached,
            }
        )  # fmt: skip
    is_bought = pc.field("dataset") == DATASET
    _keep(rt, dt, "enrichment_results", results, "all", pc.scalar(True))
    _keep(rt, dt, "people", people.values(), STREAM, is_bought)
    bought = rt.lake.read("people", since=dt, until=dt, columns=["person_record_id", "dataset"]).filter(is_bought)["person_record_id"]
    _keep(rt, dt, "person_links", links.values(), STREAM, pc.field("person_record_id").isin(bought.combine_chunks()))


def _keep(rt: Runtime, dt: date, name: str, rows: Iterable[dict[str, Any]], stream: str, is_ours: pc.Expression) -> None:
    """Write the rows of this run beside those that an earlier run of the day wrote: what was bought stays, and stays as it was."""
    key = dataset(name).key
    standing = rt.lake.read(name, since=dt, until=dt).filter(is_ours).drop_columns("dt").to_pylist()
    found = {tuple(r[k] for k in key): r for r in (*rows, *standing)}
    rt.lake.write(name, dt, list(found.values()), stream=stream)
