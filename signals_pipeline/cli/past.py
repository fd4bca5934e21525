"""`signals backfill`: past days re-scored as of those days, for the record or as a what-if beside it."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console

from signals_pipeline.cli import shared
from signals_pipeline.cli.shared import Home, Json
from signals_pipeline.errors import Permanent


def backfill(
    since: Annotated[str, typer.Option("--from", help="First ISO day.")],
    until: Annotated[str, typer.Option("--to", help="Last ISO day.")],
    model: Annotated[
        str | None, typer.Option(help="What if: a stored model version, or `rule` for today's rules; the record is not touched.")
    ] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Re-score past days as they were. Neither sends nor spends.

    Killed half-way, the same command goes on with the month that was not finished; after its end it computes the range anew.

    Example: signals backfill --from 2026-05-01 --to 2026-05-31          Example: signals backfill --from … --to … --model rule
    """
    started = time.monotonic()
    first, last = shared.day_of(since), shared.day_of(until)
    if first > last:
        raise Permanent(f"--from {first} is after --to {last}")
    settings, notes = shared.settings_of(home)
    rt = shared.runtime_of(settings)
    if last > rt.today():
        raise Permanent(f"--to {last} has not closed yet; the newest closed day is {rt.today()}")
    from signals_pipeline.orchestration.partitions import FIRST_DAY

    if first.isoformat() < FIRST_DAY:
        raise Permanent(f"--from {first} is before {FIRST_DAY}, the first day that this project keeps")
    if model is None:
        launched = shared.launch(rt, "backfill", as_json, notes, since=first, until=last)
        told = _recorded(rt, first, last)
    else:
        _check(rt, model)
        said = {"score_what_if": {"model": model}}
        launched = shared.launch(rt, "what_if", as_json, notes, since=first, until=last, settings_of_step=said)
        told = _what_if(rt, first, last, model)
    told |= launched.told | {"wall_s": round(time.monotonic() - started, 1)}
    if as_json:
        shared.print_json(told | shared.ended(launched))
    else:
        for line in words_of(told) if launched.ok else []:
            shared.say(line, as_json)
        shared.say_errors(Console(), launched)
    raise typer.Exit(0 if launched.ok else 1)


def words_of(told: dict[str, Any]) -> list[str]:
    """What a backfill or a what-if has done, for a person."""
    days = f"{told['from']} to {told['to']} ({told['days']:,} {'day' if told['days'] == 1 else 'days'})"
    stood = told.get("days_that_stood", 0)
    ended = [f"{told['wall_s']:.0f} s; nothing was sent and nothing spent."]
    if stood:
        ended = [f"{stood:,} of the days had been finished by a run that was killed; they stand.", *ended]
    if "dataset" not in told:
        by = ", ".join(f"{n:,} by {'the rules' if m == 'rule' else f'the model {m}'}" for m, n in told["by_model"].items()) or "none"
        return [f"Scored {days}: {told['scores']:,} scores, {by}.", *ended]
    said = [f"What if: {told['model_version']} over {days}: {told['scores']:,} scores in {told['dataset']}; the record is as it was."]
    of = told["last_day_beside_the_record"]
    if of and of["in_both"] + of["only_in_record"] == 0:
        said.append(
            f"The record has no such scores of {told['to']}; `signals backfill --from {told['from']} --to {told['to']}` makes them."
        )
    elif of:
        said.append(
            f"On {told['to']}, beside the record: {of['in_both']:,} companies score in both ({of['higher']:,} higher here, {of['lower']:,} "
            f"lower), {of['only_here']:,} here alone, {of['only_in_record']:,} in the record alone; hot are {of['hot_here']:,} here, "
            f"{of['hot_in_record']:,} in the record."
        )
    return [*said, *ended]


def _check(rt: Any, model: str) -> None:
    """Refuse an unknown model before a run is started."""
    from ml.version import Version
    from signals_pipeline.scoring.models import RULE

    try:
        if model != RULE:
            Version(rt.settings.home, model)
    except ValueError as bad:
        raise Permanent(str(bad)) from bad


def _recorded(rt: Any, first: date, last: date) -> dict[str, Any]:
    found = rt.lake.read("account_scores", since=first, until=last, columns=["model"])["model"].to_pylist()
    by_model = {m: found.count(m) for m in sorted(set(found))}
    return {"from": first.isoformat(), "to": last.isoformat(), "days": (last - first).days + 1, "scores": len(found), "by_model": by_model}


def _what_if(rt: Any, first: date, last: date, model: str) -> dict[str, Any]:
    from signals_pipeline.scoring.rules import rules_of
    from signals_pipeline.scoring.what_if import DATASET, beside

    found = rt.lake.read(DATASET, since=first, until=last, columns=["model", "model_version"]).to_pylist()
    version = rules_of(rt.profile.scoring).version if model == "rule" else model
    mine = [r["model"] for r in found if r["model_version"] == version]
    last_day = asdict(beside(rt, last, mine[-1], version)) if mine else {}
    return {"from": first.isoformat(), "to": last.isoformat(), "days": (last - first).days + 1, "dataset": DATASET,
            "model_version": version, "scores": len(mine), "last_day_beside_the_record": last_day}  # fmt: skip
