"""Is each vendor on, do its credentials work, does it have the fields we write? (`signals doctor`)

settings, http, ops → `check` → one `Health` per vendor. Every probe is a cheap read; none changes anything there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Literal

import sqlalchemy as sa

from signals_pipeline.errors import SignalsError, Transient
from signals_pipeline.io.http import Http
from signals_pipeline.io.pauses import paused_until
from signals_pipeline.rules.seeds import seed
from signals_pipeline.settings import Settings
from signals_pipeline.vendors.edgar import Edgar
from signals_pipeline.vendors.outreach import Outreach
from signals_pipeline.vendors.product_db import ProductDb
from signals_pipeline.vendors.salesforce import Salesforce
from signals_pipeline.vendors.sixsense import SixSense
from signals_pipeline.vendors.slack import Slack


@dataclass(frozen=True)
class Health:
    """`missing`: settings that turn the vendor on. `problems`: what a person must mend; each is a sentence."""

    vendor: str
    status: Literal["ok", "off", "down", "broken"]
    detail: str = ""
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_on(self) -> bool:
        return self.status != "off"


_Probe = Callable[[Settings, Http, sa.Engine], Awaitable[tuple[str, list[str]]]]

NEEDS: dict[str, tuple[str, ...]] = {
    "salesforce": ("salesforce_url", "salesforce_client_id", "salesforce_client_secret"),
    "outreach": ("outreach_client_id", "outreach_client_secret", "outreach_refresh_token"),
    "sixsense": ("sixsense_scoring_token", "sixsense_segments_token", "sixsense_people_token"),
    "product_db": ("product_db_url",),
    "sec_edgar": ("contact",),
    "slack": ("slack_bot_token", "slack_webhook_url"),
}
_ANY = {"sixsense", "slack"}  # one of the settings is enough; the others' parts are off


async def check(settings: Settings, http: Http, ops: sa.Engine) -> list[Health]:
    """All vendors at once, in the order of NEEDS. Never raises for a vendor that is down: that is its finding."""
    return list(await asyncio.gather(*(_one(vendor, settings, http, ops) for vendor in NEEDS)))


async def _one(vendor: str, settings: Settings, http: Http, ops: sa.Engine) -> Health:
    missing = tuple(f"SIGNALS_{n.upper()}" for n in NEEDS[vendor] if not settings.secret(n))
    if missing and (vendor not in _ANY or len(missing) == len(NEEDS[vendor])):
        return Health(vendor, "off", f"set {' and '.join(missing) if vendor not in _ANY else ' or '.join(missing)}", missing)
    if pause := await http.in_thread(_pause, http, ops, vendor):
        return Health(vendor, "down", pause, missing, (pause,))
    try:
        detail, problems = await _PROBES[vendor](settings, http, ops)
    except Transient as down:
        return Health(vendor, "down", str(down), missing, (str(down),))
    except SignalsError as broken:
        return Health(vendor, "broken", str(broken), missing, (str(broken),))
    return Health(vendor, "broken" if problems else "ok", detail, missing, tuple(problems))


def _pause(http: Http, ops: sa.Engine, vendor: str) -> str:
    names = [vendor, *(f"{vendor}.{g}" for g in ("scoring", "segments", "search", "enrichment") if vendor == "sixsense")]
    now = http.settings.clock.now().astimezone(UTC).replace(tzinfo=None)
    for name in names:
        found = paused_until(ops, name)
        if found and found[0] > now:
            return f"{name} is paused until {found[0]:%Y-%m-%d %H:%M} UTC: {found[1]}; `signals resume --vendor {name}` asks again now"
    return ""


async def _salesforce(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    client = Salesforce(settings, http, ops)
    told = (await client.limits()).get("DailyApiRequests") or {}
    problems: list[str] = []
    wanted: dict[str, list[tuple[str, str]]] = {}
    for row in seed("field_map"):
        if row["destination"] == "salesforce":
            wanted.setdefault(str(row["object"]), []).append((str(row["field"]), str(row["our_field"])))
    for object_, pairs in wanted.items():
        problems += compare_fields(object_, pairs, await client.describe(object_))
    return f"{told.get('Remaining')} of {told.get('Max')} daily requests left", problems


def compare_fields(object_: str, pairs: list[tuple[str, str]], described: dict[str, Any]) -> list[str]:
    """What `field_map` names and the CRM's describe does not allow; pairs are (their field, our field)."""
    fields = {f["name"]: f for f in described.get("fields", [])}
    found = []
    for name, ours in pairs:
        told = fields.get(name)
        if told is None:
            found.append(f"{object_}.{name} does not exist there (field_map: {ours}); create it or take the row out of field_map")
        elif not (told.get("updateable") or told.get("createable")):
            found.append(f"{object_}.{name} cannot be written by the integration user (field_map: {ours})")
        elif ours == "signal_key" and not (told.get("externalId") and told.get("unique", True)):
            found.append(f"{object_}.{name} must be a unique external id: it is what keeps us from creating twins")
    return found


async def _outreach(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    client = Outreach(settings, http, ops)
    async for page in client.pages("sequences", {"page[size]": 1}):
        return "answers; there are sequences" if page else "answers, but has no sequences", []
    return "answers, but has no sequences", []


async def _sixsense(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    """Segments alone can be asked for nothing; scoring and people calls would count against quota and are not probed."""
    if not settings.secret("sixsense_segments_token"):
        return "segments are off; scoring and people tokens are tried by their first use", []
    return f"{len(await SixSense(settings, http, ops).segments())} segments; scoring and people tokens are tried by their first use", []


async def _product_db(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    version: str = await http.in_thread(ProductDb(settings).check)
    return version.split(",")[0], []


async def _edgar(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    return "answers; the feed is there" if await Edgar(settings, http, ops).feed("8-K", 0, 10) else "answers with an empty feed", []


async def _slack(settings: Settings, http: Http, ops: sa.Engine) -> tuple[str, list[str]]:
    client = Slack(settings, http, ops)
    if not client.can_read_back:
        return "webhook only: alerts are at-most-once and cannot be read back", []
    return f"posts as {await client.who_am_i()}", []


_PROBES: dict[str, _Probe] = {
    "salesforce": _salesforce, "outreach": _outreach, "sixsense": _sixsense,
    "product_db": _product_db, "sec_edgar": _edgar, "slack": _slack,
}  # fmt: skip
