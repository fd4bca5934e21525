"""`signals plan`, `apply`, `approve`, `pause`, `resume`: what would be sent, and whether it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent


def plan(
    as_json: Json = False,
    home: Home = None,
    fresh: Annotated[bool, typer.Option(help="Make a new plan from today's outbox.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Rows to print.")] = 20,
) -> None:
    """What would be sent: every field before and after, the reason, the cost.

    Example: signals plan --limit 5          Example: signals plan --fresh --json
    """
    rt = shared.runtime(home)
    from signals_pipeline.activation import gates
    from signals_pipeline.activation import plan as plans

    if fresh:
        gates.judge(rt, plans.make(rt, rt.today()))
    shown = plans.show(rt)
    if as_json:
        shared.print_json(shown)
        return
    console = Console()
    stay = len(shown["rows"]) - shown["would_send"]
    console.print(
        f"Plan {shown['plan_hash'][:12]} for {shown['dt']}: {shown['would_send']:,} writes, ${shown['cost_usd']:.2f}, "
        f"status {shown['status']}" + (f"; {stay:,} more rows write nothing and say why" if stay else ""),
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    for row in shown["rows"][:limit]:
        what = f"[bold]{row['destination']} {row['object']}[/] {row['operation']} · {escape(row['reason'])}"
        console.print(f"\n{what}", highlight=False, soft_wrap=True)
        for change in row["fields"]:
            before, after = (_word(change[at]) for at in ("before", "after"))
            said = f"{before} → {after}" if change["before"] != change["after"] else f"stays {after}"
            console.print(f"    {change['field']}: {said}", highlight=False, markup=False, soft_wrap=True)
    if len(shown["rows"]) > limit:
        console.print(f"\n… {len(shown['rows']) - limit:,} more rows; --limit or --json shows them", highlight=False)


def apply(
    as_json: Json = False,
    home: Home = None,
    plan_hash: Annotated[str | None, typer.Argument(help="Its hash, or the beginning of it; default: the newest plan.")] = None,
) -> None:
    """Send what the newest plan says, once. Refuses when a gate is closed, the plan is old, or `signals pause` is on.

    Example: signals apply          Example: signals apply 3f2a9c
    """
    rt = shared.runtime(home)
    from signals_pipeline.activation import apply as applying
    from signals_pipeline.activation import plan as plans

    done = applying.run(rt, _whole(rt, plan_hash) if plan_hash else plans.latest(rt).plan_hash)
    if as_json:
        shared.tell(done, as_json)
    else:
        words = {k: v for k, v in asdict(done).items() if v and k not in ("message", "refused_because", "held_because")}
        shared.say(f"{done.message[:1].upper()}{done.message[1:]}.", as_json)
        shared.tell(words, as_json)
    raise typer.Exit(0 if done.is_green else 1)


def approve(
    plan_hash: Annotated[str, typer.Argument(help="As `signals plan` prints it.")],
    by: Annotated[str, typer.Option(help="Who approves.")],
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Approve a plan by its hash (mode manual).

    Example: signals approve 3f2a9c --by dana
    """
    from signals_pipeline.activation import switches

    rt = shared.runtime(home)
    whole = _whole(rt, plan_hash)
    switches.approve(rt, whole, by)
    shared.say(f"approved {whole[:12]} by {by}; `signals apply {whole[:12]}` sends it", as_json, plan_hash=whole, by=by)


def pause(by: Annotated[str, typer.Option(help="Who pauses.")] = "cli", as_json: Json = False, home: Home = None) -> None:
    """Stop every send until `signals resume`; pulls and scores go on.

    Example: signals pause --by dana
    """
    from signals_pipeline.activation import switches

    switches.pause(shared.runtime(home), by)
    shared.say("paused: nothing is sent until `signals resume`", as_json, is_paused=True, by=by)


def resume(
    by: Annotated[str, typer.Option(help="Who resumes.")] = "cli",
    vendor: Annotated[str | None, typer.Option(help="Ask this vendor again, before its pause ends; sending stays as it is.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Let sends go again; or ask a vendor again that told us to stay away.

    Example: signals resume --by dana          Example: signals resume --vendor sec_edgar
    """
    from signals_pipeline.activation import switches

    rt = shared.runtime(home)
    if vendor is not None:
        why = switches.resume_vendor(rt, vendor, by)
        shared.say(f"resumed: {vendor} is asked again; what it was paused for: {why}", as_json, vendor=vendor, by=by)
        return
    was = switches.paused_by(rt)
    switches.resume(rt, by)
    shared.say("resumed: the next apply sends" if was else "sending was not paused", as_json, is_paused=False, by=by)


def _word(value: Any) -> str:
    return "(empty)" if value is None else repr(value)


def _whole(rt: Any, beginning: str) -> str:
    """The hash of the plan that begins so. Raises Permanent when none does, or several do."""
    import sqlalchemy as sa

    from signals_pipeline.io import ops

    with rt.ops.connect() as connection:
        found = connection.execute(sa.select(ops.plans.c.plan_hash).where(ops.plans.c.plan_hash.startswith(beginning, autoescape=True)))
        hashes = sorted(found.scalars())
    if len(hashes) == 1:
        return str(hashes[0])
    known = f"{len(hashes)} plans begin so; say more of the hash" if hashes else "`signals plan` shows the newest, `--fresh` makes one"
    raise Permanent(f"no single plan {beginning!r}: {known}")
