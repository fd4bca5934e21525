"""`signals plan`, `apply`, `approve`, `pause`, `resume`: what would be sent, and whether it is."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json


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
    console.print(
        f"Plan {shown['plan_hash'][:12]} for {shown['dt']}: {shown['would_send']} writes, "
        f"${shown['cost_usd']:.2f}, status {shown['status']}"
    )
    for row in shown["rows"][:limit]:
        console.print(f"\n[bold]{row['destination']} {row['object']}[/] {row['operation']} · {row['reason']}", highlight=False)
        for change in row["fields"]:
            console.print(f"    {change['field']}: {change['before']!r} → {change['after']!r}", highlight=False, markup=False)
    if len(shown["rows"]) > limit:
        console.print(f"\n… {len(shown['rows']) - limit} more; --limit or --json shows them")


def apply(
    as_json: Json = False,
    home: Home = None,
    plan_hash: Annotated[str | None, typer.Argument(help="Default: the newest plan.")] = None,
) -> None:
    """Send what the newest plan says, once. Refuses when a gate is closed, the plan is old, or `signals pause` is on.

    Example: signals apply
    """
    rt = shared.runtime(home)
    from signals_pipeline.activation import apply as applying
    from signals_pipeline.activation import plan as plans

    done = applying.run(rt, plan_hash or plans.latest(rt).plan_hash)
    shared.tell(done, as_json)


def approve(
    plan_hash: Annotated[str, typer.Argument(help="As `signals plan --json` prints it.")],
    by: Annotated[str, typer.Option(help="Who approves.")],
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Approve a plan by its hash (mode manual).

    Example: signals approve 3f2a… --by dana
    """
    from signals_pipeline.activation import switches

    switches.approve(shared.runtime(home), plan_hash, by)
    shared.say(f"approved {plan_hash[:12]} by {by}; `signals apply {plan_hash[:12]}…` sends it", as_json, plan_hash=plan_hash, by=by)


def pause(by: Annotated[str, typer.Option(help="Who pauses.")] = "cli", as_json: Json = False, home: Home = None) -> None:
    """Stop every send until `signals resume`; pulls and scores go on.

    Example: signals pause --by dana
    """
    from signals_pipeline.activation import switches

    switches.pause(shared.runtime(home), by)
    shared.say("paused: nothing is sent until `signals resume`", as_json, is_paused=True, by=by)


def resume(by: Annotated[str, typer.Option(help="Who resumes.")] = "cli", as_json: Json = False, home: Home = None) -> None:
    """Let sends go again.

    Example: signals resume --by dana
    """
    from signals_pipeline.activation import switches

    switches.resume(shared.runtime(home), by)
    shared.say("resumed: the next apply sends", as_json, is_paused=False, by=by)
