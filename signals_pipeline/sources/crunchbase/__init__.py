"""Crunchbase exports: acquisitions and funding rounds, by file.

CSV → rows of crunchbase__acquisitions, crunchbase__funding_rounds. No API here: that needs a contract of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.crunchbase.table import as_of, check, end_of, rows, to_amount, to_count, to_country, to_currency, to_day
from signals_pipeline.sources.sec_edgar.places import place
from signals_pipeline.sources.sec_edgar.times import on_day
from signals_pipeline.sources.spec import Body, Pull, Raw, Row, StreamCode

_ACQUISITION = {
    "company_id": ("company_permalink", "acquiree_permalink", "company_uuid"), "company_name": ("company_name", "acquiree_name"),
    "categories": ("company_category_list", "company_category_code", "acquiree_category_list"),
    "company_country": ("company_country_code", "acquiree_country_code"), "company_city": ("company_city", "acquiree_city"),
    "acquirer_id": ("acquirer_permalink", "acquirer_uuid"), "acquirer_name": ("acquirer_name",),
    "acquirer_country": ("acquirer_country_code",), "acquirer_city": ("acquirer_city",),
    "announced_on": ("acquired_at", "announced_on", "acquired_on"), "price": ("price_amount", "price", "price_usd"),
    "currency": ("price_currency_code", "currency"),
}  # fmt: skip
_ROUND = {
    "company_id": ("permalink", "company_permalink", "org_uuid"), "company_name": ("company", "company_name", "org_name"),
    "employees": ("numemps", "employees"), "category": ("category", "company_category_list"),
    "city": ("city", "company_city"), "state": ("state", "company_state_code"), "country": ("country", "company_country_code"),
    "announced_on": ("fundeddate", "funded_at", "announced_on"), "amount": ("raisedamt", "raised_amount", "raised_amount_usd"),
    "currency": ("raisedcurrency", "raised_currency_code", "currency"), "round_type": ("round", "funding_round_type", "round_type"),
    "round_code": ("funding_round_code",),
}  # fmt: skip
_NEEDS_DEAL = ("company_name", "acquirer_name", "announced_on")
_NEEDS_ROUND = ("company_name", "announced_on")


def _deals(body: Body, pull: Pull) -> Iterator[Raw]:
    yield from rows(body, _ACQUISITION, _NEEDS_DEAL)


def _deal(raw: Raw, pull: Pull) -> Row:
    check(raw, _NEEDS_DEAL)
    v = raw.value
    if (v["company_id"] or v["company_name"]) == (v["acquirer_id"] or v["acquirer_name"]):
        raise SkipRecord("self_acquisition", v["company_name"])
    day = to_day(v["announced_on"], as_of(raw.place, pull.pulled_at))
    price = to_amount(v["price"])
    columns = {
        "company_id": v["company_id"], "company_name": v["company_name"], "company_country": to_country(v["company_country"]),
        "company_city": v["company_city"], "company_categories": v["categories"], "acquirer_id": v["acquirer_id"],
        "acquirer_name": v["acquirer_name"], "acquirer_country": to_country(v["acquirer_country"]), "acquirer_city": v["acquirer_city"],
        "announced_on": day, "price": price, "currency": to_currency(v["currency"]) if price is not None else None, "source_row": raw.place,
    }  # fmt: skip
    key = f"{v['company_id'] or v['company_name']}|{v['acquirer_id'] or v['acquirer_name']}|{day}"
    return Row(key, end_of(day), "announcement", columns, occurred_at=on_day(day))


def _rounds(body: Body, pull: Pull) -> Iterator[Raw]:
    yield from rows(body, _ROUND, _NEEDS_ROUND)


def _round(raw: Raw, pull: Pull) -> Row:
    check(raw, _NEEDS_ROUND)
    v = raw.value
    day = to_day(v["announced_on"], as_of(raw.place, pull.pulled_at))
    amount = to_amount(v["amount"])
    columns = {
        "company_id": v["company_id"], "company_name": v["company_name"], "category": v["category"], "city": v["city"], "state": v["state"],
        "employees": to_count(v["employees"]), "country": to_country(v["country"]) or place(v["state"])[0],
        "announced_on": day, "round_type": v["round_code"] or v["round_type"], "amount": amount,
        "currency": to_currency(v["currency"]) if amount is not None else None, "source_row": raw.place,
    }  # fmt: skip
    key = f"{v['company_id'] or v['company_name']}|{day}|{columns['round_type'] or ''}|{'' if amount is None else amount}"
    return Row(key, end_of(day), "announcement", columns, occurred_at=on_day(day))


STREAMS = {
    "acquisitions": StreamCode(records=_deals, row=_deal),
    "funding_rounds": StreamCode(records=_rounds, row=_round),
}
