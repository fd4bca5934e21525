"""The report as a person reads it in a terminal: tables and sentences, no logic."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

SHOWN = 4
"""Reasons shown of each account; the rest is summed up in one line."""


def tell_run(console: Console, told: dict[str, Any]) -> None:
    """The whole report of a daily run."""
    console.rule(f"[bold]As of {told['as_of']}")
    _streams(console, told)
    _signals(console, told)
    _hottest(console, told)
    _activation(console, told)


def tell_replay(console: Console, told: dict[str, Any]) -> None:
    """The report of a replay: counts, documents, signals, two examples of each type."""
    console.rule(f"[bold]Replay, as of {told['as_of']}")
    _streams(console, told)
    documents = told["documents"]
    console.print(f"\nDocuments: {documents['in']} in = {documents['with_events']} with events + {documents['without_events']} without")
    for reason, n in documents["reasons"].items():
        console.print(f"  {n:>6}  {reason}")
    _signals(console, told)
    for kind, examples in told["examples"].items():
        console.print(f"\n[bold]{kind}[/]")
        for e in examples:
            console.print(
                f"  {escape(e['company'] or '?')} · {e['occurred_on'] or '?'} · {escape(e['what'])} · [dim]{escape(e['where'])}[/]"
            )
            if e["quote"]:
                console.print(f"    “{escape(e['quote'])}”", style="italic")


def _streams(console: Console, told: dict[str, Any]) -> None:
    table = Table("stream", "in", "landed", "rejected", "status", box=None, title="What was pulled", title_justify="left")
    for name, s in told["streams"].items():
        if s["status"] == "off":
            continue
        mark = "[green]ok[/]" if s["status"] == "ok" else f"[red]{s['status']}[/] {escape(s['error'] or '')[:90]}"
        table.add_row(name, f"{s['in']:,}", f"{s['landed']:,}", f"{s['rejected']:,}", mark)
    console.print(table)
    off = sorted(n for n, s in told["streams"].items() if s["status"] == "off")
    if off:
        console.print(f"[dim]off: {', '.join(off)}[/]")
    if told["rejects_by_reason"]:
        console.print(
            "rejected because: " + ", ".join(f"{r} {n}" for r, n in sorted(told["rejects_by_reason"].items(), key=lambda i: -i[1]))
        )


def _signals(console: Console, told: dict[str, Any]) -> None:
    table = Table("signal", "in all", "new today", box=None, title="\nSignals", title_justify="left")
    for kind, n in told["signals_by_type"].items():
        table.add_row(kind, f"{n:,}", f"{told['signals_today'].get(kind, 0):,}")
    console.print(table)


def _hottest(console: Console, told: dict[str, Any]) -> None:
    table = Table("score", "account", "stage", "why", box=None, title="\nThe hottest accounts", title_justify="left")
    for a in told["hottest"]:
        shown, rest = _worth_saying(a["reasons"])
        lines = [f"{r['points']:+.1f}  {escape(r['reason'])}" for r in shown]
        if rest:
            lines.append(f"[dim]{sum(r['points'] for r in rest):+.1f}  from {len(rest)} more[/]")
        name = escape(a["name"] or a["company_id"][:8])
        if a["not_contacted_because"]:
            name += f"\n[dim]not contacted: {escape(a['not_contacted_because'])}[/]"
        table.add_row(f"{a['score']:.1f}", name, a["stage"] or "", "\n".join(lines))
    console.print(table)
    learned = told["learned_model"]
    console.print(f"[dim]learned model: {learned['status']}: {escape(learned['because'])}[/]")


def _worth_saying(reasons: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(shown, rest): the largest, and whatever speaks against the account: in a sum it would be hidden."""
    against = [r for r in reasons if r["points"] < 0][:SHOWN]
    shown = [r for r in reasons if r["points"] >= 0][: SHOWN - len(against)] + against
    return shown, [r for r in reasons if r not in shown]


def _activation(console: Console, told: dict[str, Any]) -> None:
    cost = told["cost"]
    console.print("\n[bold]What was done[/]")
    console.print(
        f"  considered {told['considered']:,} contacts · suppressed {told['suppressed_contacts']:,} · "
        f"held out {told['held_out']:,} · over the cap {told['over_cap']:,}"
    )
    console.print(
        f"  planned {told['planned']:,} writes · sent {told['sent']:,} · cost ${cost['usd']:.2f}: "
        f"{cost['credits']:.0f} credits = ${cost['credits_usd']:.2f}, effects ${cost['effects_usd']:.2f}"
    )
    if told["apply"].get("status") == "withheld":
        console.print(f"  [yellow]not sent[/]: {escape(told['apply']['because'])}")
    for name, n in told["sends"].items():
        console.print(f"    {n:>6,}  {name}")
    if told["suppressed"]:
        console.print(
            "  suppressed because (a contact can have several): " + ", ".join(f"{r} {n:,}" for r, n in told["suppressed"].items())
        )
    for gate, passed in told["gates"].items():
        words = "" if passed else "  " + escape(str(told["gate_failures"].get(gate, "")))[:200]
        console.print(f"  gate {gate}: {'[green]open[/]' if passed else '[red]closed[/]'}{words}")
    if told["reviews"]:
        console.print("  waiting for a person: " + ", ".join(f"{kind} {n}" for kind, n in told["reviews"].items()))
