"""What `signals doctor` finds: each vendor's health, what is off and what turns it on, whether sends go out and the audit trail is whole.

settings + vendors' cheap reads + declared streams + ops switches and audit → `examine` → dict (`--json`) → `tell` (terminal).
Does not belong here: the probes of the vendors (`vendors/health.py`).
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from signals_pipeline.activation.switches import paused_by
from signals_pipeline.io import audit
from signals_pipeline.io.http import Http
from signals_pipeline.runtime import Runtime
from signals_pipeline.sources.spec import code, sources
from signals_pipeline.vendors import health

SICK = ("down", "broken")
COLOURS = {"ok": "green", "off": "dim", "down": "red", "broken": "red"}


def examine(rt: Runtime) -> dict[str, Any]:
    """Everything that the doctor says, as plain values. `is_well`: nothing that is on is down or broken, the trail is whole.
    Asks every vendor that is on, and reads the whole audit trail."""

    async def look() -> list[health.Health]:
        async with Http(rt.settings, rt.ops) as http:
            return await health.check(rt.settings, http, rt.ops)

    vendors = [asdict(h) for h in asyncio.run(look())]
    settings, trail = rt.settings, trail_of(rt)
    return {
        "home": str(settings.home),
        "engine": settings.engine,
        "now": rt.now().isoformat(timespec="seconds"),
        "as_of": rt.today().isoformat(),
        "mode": settings.mode,
        "paused_by": paused_by(rt),
        "is_well": not any(v["status"] in SICK for v in vendors) and trail["broken_at"] is None,
        "audit": trail,
        "vendors": vendors,
        "off": off(rt),
    }


def trail_of(rt: Runtime) -> dict[str, Any]:
    """The audit trail: how many entries, the hash of the newest, and the first number that is missing or changed (null: none)."""
    broken = audit.verify(rt.ops)
    entries, newest = audit.head(rt.ops)
    return {"entries": entries, "newest": newest, "broken_at": broken}


def off(rt: Runtime) -> list[dict[str, str]]:
    """What does not run here, with why and what turns it on: streams of vendors, parts that need a key of their own, learned scores."""
    settings, found = rt.settings, []
    for vendor, source in sources().items():
        for name, stream in source.streams.items():
            what = f"{vendor}.{name}"
            needs = [f"SIGNALS_{n.upper()}" for n in (*source.needs, *stream.needs) if not settings.secret(n)]
            made = code(vendor, name)
            if needs:
                found.append({"what": what, "why": f"not set: {', '.join(needs)}"})
            elif not made.fetch and not made.columns:
                found.append({"what": what, "why": "has no API; its files are read by `signals run --replay <folder>`"})
    if not settings.secret("sixsense_people_token"):
        found.append({"what": "enrichment", "why": "not set: SIGNALS_SIXSENSE_PEOPLE_TOKEN; no people are looked up and no credits spent"})
    if not settings.secret("anthropic_api_key"):
        found.append({"what": "messages by a model", "why": "not set: SIGNALS_ANTHROPIC_API_KEY; messages are written from the templates"})
    from ml.champion import standing  # brings pandas

    learned = standing(settings.home, rt.today() + timedelta(days=1))  # of the next run: what is learned counts from there
    if learned["version"] is None:
        found.append({"what": "learned scores", "why": f"{learned['because']}; the rule score stands"})
    return found


def tell(console: Console, told: dict[str, Any]) -> None:
    """The same in words: what works, what a person must mend, what is off and why."""
    console.print(f"home {told['home']}, warehouse {told['engine']}", highlight=False, soft_wrap=True)
    console.print(f"now {told['now'][:16].replace('T', ' ')} UTC; the newest closed day is {told['as_of']}", highlight=False)
    modes = {"auto": "plans that pass their gates are sent", "manual": "a plan waits for `signals approve`", "dry_run": "nothing is sent"}
    sending = f"paused by {told['paused_by']}; `signals resume` ends it" if told["paused_by"] else modes[told["mode"]]
    console.print(f"sending (mode {told['mode']}): {escape(sending)}", highlight=False)
    trail = told["audit"]
    if trail["broken_at"] is None:
        console.print(
            f"audit trail: {trail['entries']:,} entries, each fits the one before; newest {trail['newest'][:12]}\n", highlight=False
        )
    else:
        console.print(f"[red]audit trail: entry {trail['broken_at']} is missing, changed, or does not follow\n[/]", highlight=False)
    table = Table("vendor", "status", "what it says", box=None, pad_edge=False)
    for v in told["vendors"]:
        table.add_row(v["vendor"], f"[{COLOURS[v['status']]}]{v['status']}[/]", escape(v["detail"]))
    console.print(table)
    for v in told["vendors"]:
        if v["status"] != "off" and v["missing"]:
            console.print(f"[dim]{v['vendor']}: a part is off, not set: {', '.join(v['missing'])}[/]", soft_wrap=True)
    problems = [(v["vendor"], p) for v in told["vendors"] for p in v["problems"]]
    if problems:
        console.print("\n[red]To mend[/]")
        for vendor, problem in problems:
            console.print(f"  {vendor}: {escape(problem)}", highlight=False, soft_wrap=True)
    if told["off"]:
        console.print("\nOff, and why")
        for row in told["off"]:
            console.print(f"  {row['what']}: {escape(row['why'])}", highlight=False, soft_wrap=True)
    console.print("\nEverything that is on works." if told["is_well"] else "\n[red]Something that is on does not work.[/]")
