"""Reasons in words that a salesperson understands: "Series B of $25m filed 3 days ago (Form D)".

first-known record of a signal + its age → `sentence`. No person is named here: names stand in `people` alone.
Does not belong here: points and positions (`rules.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SOURCES = {
    "sec_edgar__filings": "SEC filing",
    "crunchbase__funding_rounds": "Crunchbase",
    "crunchbase__acquisitions": "Crunchbase",
    "sixsense__account_scores": "6sense",
    "sixsense__segment_members": "6sense",
    "product_db__users": "product data",
    "product_db__daily_events": "product data",
    "salesforce__opportunities": "Salesforce",
}
_BASIS = {"filing": "filed", "acceptance": "filed", "announcement": "announced", "signature": "signed"}
_ROUNDS = {
    "seed": "Seed round",
    "debt": "Debt financing",
    "grant": "Grant",
    "ipo": "Public offering",  # a first one or a later one: the sources tell both by the same word
    "private_equity": "Private equity round",
}
_CHANGES = {
    "new_hire": "New {who}",
    "promotion": "Promotion to {who}",
    "departure": "Departure of {who}",
    "reorganization": "Reorganisation of {who}",
}
_DEALS = {"acquires": "Acquisition of {other}", "acquires_assets": "Purchase of assets of {other}", "is_acquired": "Sale to {other}"}
_NOT_DONE_YET = {"proposed": "proposed", "agreed": "agreed, not closed"}
_TECHNOLOGY = {"added": "Adoption of {what}", "removed": "Removal of {what}", "upgraded": "Upgrade of {what}"}
_EXPANSIONS = {"new_office": "New office in {place}", "new_market": "New market: {place}"}
_INTENT = "Research on our topics"


def sentence(signal_type: str, facts: Mapping[str, Any], age_days: float) -> str:
    """One sentence: what happened, when, who says so.

    `facts`: columns of the first-known record, any may be missing. `age_days`: whole days since it happened.
    """
    what = _what(signal_type, facts)
    verb = _VERBS.get(signal_type) or _BASIS.get(str(facts.get("known_at_basis") or ""), "seen")
    source = _source(facts)
    return f"{what} {verb} {ago(age_days)}" + (f" ({source})" if source else "")


def ago(days: float) -> str:
    """Whole days in words."""
    count = max(int(days), 0)
    return "today" if count == 0 else "yesterday" if count == 1 else f"{count} days ago"


def money(amount: Any, currency: str | None) -> str | None:
    """`$25m`, `€1.2bn`, `SEK 40m`; None without an amount."""
    if amount is None or amount != amount or float(amount) <= 0:
        return None
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency or "", f"{currency} " if currency else "")
    value = float(amount)
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if value >= size:
            return f"{sign}{value / size:.1f}".removesuffix(".0") + letter
    return f"{sign}{value:.0f}"


_PRODUCT = {
    "product_signup": "Product trial",
    "feature_activation": "First use of a key feature",
    "usage_spike": "Usage far above its usual level",
    "drop_off": "Trial gone quiet",
}
_VERBS = {"product_signup": "started", "recent_loss": "closed"}
_PLAIN = {
    "job_posting": "Hiring",
    "technology_adoption": "Technology change",
    "expansion": "Expansion",
    "partnership": "Partnership",
    "product_launch": "Product launch",
    "news_mention": "In the news",
    "social_signal": "Social activity",
    "earnings_call": "Results published",
    "regulatory_filing": "Regulatory filing",
    "insolvency": "Insolvency proceedings",
    "layoffs": "Layoffs",
    "recent_loss": "Lost deal with us",
}


def _what(signal_type: str, facts: Mapping[str, Any]) -> str:
    if signal_type == "funding_round":
        return _funding(facts)
    if signal_type == "executive_change":
        who = str(facts.get("title") or facts.get("level") or "Executive").replace("_", " ")
        return _CHANGES.get(str(facts.get("change_type") or ""), "Change of {who}").format(who=who)
    if signal_type == "acquisition":
        return _deal(facts)
    if signal_type == "intent_surge":
        stage = facts.get("buying_stage")
        return f"{_INTENT} in {stage} stage" if stage else _INTENT
    if signal_type == "job_posting" and facts.get("department"):
        department = str(facts["department"]).replace("_", " ")
        return f"Hiring in {department.upper() if len(department) == 2 else department}"
    if signal_type == "expansion" and facts.get("place"):
        return _EXPANSIONS.get(str(facts.get("change_type") or ""), "Expansion to {place}").format(place=facts["place"])
    if signal_type == "technology_adoption" and facts.get("subject"):
        return _TECHNOLOGY.get(str(facts.get("change_type") or ""), "Technology change: {what}").format(what=facts["subject"])
    return _PRODUCT.get(signal_type) or _PLAIN.get(signal_type) or signal_type.replace("_", " ").capitalize()


def _funding(facts: Mapping[str, Any]) -> str:
    kind = str(facts.get("round_type") or "")
    name = _ROUNDS.get(kind) or (kind.replace("_", " ").title() if kind and kind not in ("unknown", "other") else "Funding round")
    amount = money(facts.get("amount"), facts.get("currency"))
    return f"{name} of {amount}" if amount else name


def _deal(facts: Mapping[str, Any]) -> str:
    """Who buys whom: the account may be the one that is bought."""
    other = facts.get("other_company_name")
    amount = money(facts.get("amount"), facts.get("currency"))
    what = _DEALS.get(str(facts.get("change_type") or ""), "Acquisition with {other}").format(other=other) if other else "Acquisition"
    stage = _NOT_DONE_YET.get(str(facts.get("deal_stage") or ""))
    return what + (f" for {amount}" if amount else "") + (f" ({stage})" if stage else "")


def _source(facts: Mapping[str, Any]) -> str | None:
    form = facts.get("form")
    if form:
        return f"Form {form}" if str(form).startswith("D") else str(form)
    dataset = str(facts.get("dataset") or "")
    vendor = dataset.partition("__")[0].replace("_", " ")
    return _SOURCES.get(dataset) or (vendor or None)
