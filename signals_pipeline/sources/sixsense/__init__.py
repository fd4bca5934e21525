"""6sense: members of the profile's segments, and Lead Scoring for the accounts we know.

segments → members; CRM accounts + members → one representative address each → scores per product, within the day's budget.
The segments call returns no scores, and Lead Scoring is per person: so one address stands for its company.
Does not belong here: tokens, limits (`vendors/sixsense.py`); exported segment files (`file_drop`).
Run alone: `python -m signals_pipeline.sources sixsense`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from signals_pipeline.errors import SkipRecord
from signals_pipeline.keys import domain_of
from signals_pipeline.sources.read import dumps, real, text, whole
from signals_pipeline.sources.sixsense.universe import Account, due
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode
from signals_pipeline.sources.tabular import page
from signals_pipeline.vendors.sixsense import SixSense

_AT_ONCE = 8  # requests in flight; the pacing decides the rate
_PER_BODY = 40


async def _members(pull: Pull) -> AsyncIterator[Body]:
    client = SixSense(pull.runtime.settings, pull.http, pull.runtime.ops)
    names = {str(s.get("id")): s.get("name") for s in await client.segments()}
    for segment in pull.runtime.profile.intent.segment_ids:
        found = await client.segment_members(segment)
        facts = {"segment_id": segment, "segment_name": names.get(segment)}
        yield Body(b"", f"segment/{segment}", facts, found)


def _member_records(body: Body, _: Pull) -> Iterator[Raw]:
    for number, record in enumerate(page(body, "accounts")):
        yield Raw(dumps(record), record, f"{body.place}#{number}", body.facts)


def _member_row(raw: Raw, pull: Pull) -> Row:
    if not isinstance(raw.value, dict):
        raise SkipRecord("wrong_type", f"a member is {type(raw.value).__name__}, expected an object")
    domain, name = domain_of(text(raw.value, "domain")), text(raw.value, "name")
    if not (domain or name):
        raise SkipRecord("missing_field", "a member without domain and name")
    segment = str(raw.facts["segment_id"])
    columns = {
        "segment_id": segment, "segment_name": raw.facts.get("segment_name"), "domain": domain, "name": name,
        "country": text(raw.value, "country"), "topics": None,
    }  # fmt: skip
    return Row(f"{segment}|{domain or name}", pull.pulled_at, "pulled", columns)


async def _scores(pull: Pull) -> AsyncIterator[Body]:
    client = SixSense(pull.runtime.settings, pull.http, pull.runtime.ops)
    accounts = await asyncio.to_thread(due, pull)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(account: Account) -> dict[str, Any]:
        async with slots:
            answer = await client.score(email=account.email, country=account.country, website=account.domain)
        return {"domain": account.domain, "answer": answer}

    for start in range(0, len(accounts), _PER_BODY):
        part = accounts[start : start + _PER_BODY]
        answers = await asyncio.gather(*(ask(a) for a in part), return_exceptions=True)
        failed = [a for a in answers if isinstance(a, BaseException)]
        got = [a for a in answers if not isinstance(a, BaseException)]
        yield Body(b"", f"score/{start}", value=got)  # what was answered is landed also when the next one fails
        if failed:
            raise failed[0]


def _score_records(body: Body, _: Pull) -> Iterator[Raw]:
    """One record per product that was scored; one without scores when the vendor knows nobody there."""
    for number, asked in enumerate(page(body)):
        answer = asked.get("answer") if isinstance(asked, dict) else None
        place = f"{body.place}#{number}"
        if not isinstance(answer, dict):
            yield Raw(dumps(asked), {"domain": asked.get("domain") if isinstance(asked, dict) else None}, place)
            continue
        scores = answer.get("scores")
        for score in scores if isinstance(scores, list) else []:
            company = answer.get("company") or {}
            payload = dumps({"company": company, "score": score})
            value = {**score, "domain": asked["domain"], "company": company} if isinstance(score, dict) else score
            yield Raw(payload, value, place)
        if not scores:  # scores in answers are a setting of the token, off by default
            yield Raw(dumps(asked), {"domain": asked["domain"], "company": answer.get("company") or {}}, place)


def _score_row(raw: Raw, pull: Pull) -> Row:
    """Numbers come as text, "" means none. A company that is not known there has a row without product and scores."""
    record = raw.value
    if not isinstance(record, dict):
        raise SkipRecord("wrong_type", f"a score is {type(record).__name__}, expected an object")
    domain = text(record, "domain")
    if not domain:
        raise SkipRecord("missing_field", "domain is empty")
    company: Mapping[str, Any] = record.get("company") or {}
    product = text(record, "product")
    if "company_intent_score" in record and not product:
        raise SkipRecord("missing_field", "a score without product: several products cannot be told apart")
    if product and "company_intent_score" not in record:
        raise SkipRecord("missing_field", "company_intent_score is absent")
    columns = {
        "domain": domain, "name": text(company, "name"), "product": product, "intent_score": real(record, "company_intent_score"),
        "buying_stage": text(record, "company_buying_stage"), "profile_score": real(record, "company_profile_score"),
        "profile_fit": text(record, "company_profile_fit"), "industry": text(company, "industry"),
        "country": text(company, "countryISOCode") or text(company, "country"),
        "employee_range": text(company, "employeeRange"), "employees": whole(company, "employeeCount"),
    }  # fmt: skip
    return Row(f"{domain}|{product or ''}", pull.pulled_at, "pulled", columns)


STREAMS = {
    "segment_members": StreamCode(_member_records, _member_row, _members),
    "account_scores": StreamCode(_score_records, _score_row, _scores),
}
