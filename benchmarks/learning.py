"""Learning against the hidden truth: what a simulated market knows of itself, and what is learned of it from the outside.

sandbox of N companies → pulls every ten days and at month-ends (accounts that the intent vendor calls hot every three, as a daily run
asks for them) → extract, identity, dbt → `signals.account_features` as of each → `learn_month` → its champions, the outcomes, and the
market's own probabilities side by side: a table and JSON.
The learner reads what every pipeline reads; truth is opened afterwards, by `judge` alone. Does not belong here: a shortcut past staging.
Run alone: python -m benchmarks.learning --companies 8000 --months 11 --home /tmp/market
With --again a home that stands is learned and judged anew, without a new market.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.learning_judge import judge, table
from ml.champion import FOLDER, KINDS
from signals_pipeline import boxed
from signals_pipeline.extract import stage as extract
from signals_pipeline.identity import stage as identity
from signals_pipeline.io import dbt
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings
from signals_pipeline.sources import runner

HISTORY_DAYS = 180
START = date(2025, 6, 1)
PULL_DAYS = 10  # the thousand accounts a day that the profile asks the intent vendor for make so many days for ten thousand companies
HOT, HOT_DAYS = ["sixsense"], 3  # members of its segments, and whom a week has made stale: nobody else is asked in between
SPEED = "200"  # nobody waits for a vendor's minute; at 600 a pull of two minutes on a busy machine ran into the next day
QUICK_COMPANIES, QUICK_MONTHS = 1000, 7  # for `make bench`: the same way, too few outcomes for numbers to stand on
STREAMS = ["ops", "salesforce.accounts", "salesforce.opportunities", "salesforce.opportunity_history", "product_db", "sec_edgar",
           "file_drop", "sixsense"]  # fmt: skip


def measure(home: Path, companies: int, months: int, seed: int, *, learned: int = 2, again: bool = False) -> dict[str, Any]:
    """Numbers of one market, of which the last `learned` months are learned one after the other.

    Raises RuntimeError when a pull, dbt or the calendar did not do what was asked.
    """
    began = time.perf_counter()
    seconds: dict[str, float] = {}
    if not again:
        with _market(home, companies, seed):
            seconds["market"] = time.perf_counter() - began
            rt = _runtime(home)
            days = _pulled(rt, home, months, seconds)
        _built(rt, days, seconds)
    shutil.rmtree(home / FOLDER, ignore_errors=True)  # no champion of an earlier try
    rt = _runtime(home, frozen=True)
    from ml.production import learn_month

    started, history, report = time.perf_counter(), [], dict[str, Any]()
    for day in [date.fromisoformat(d) for d in json.loads((home / "months.json").read_text())][-learned:]:
        report = learn_month(rt, f"{day:%Y-%m}")
        history.append({"month": report["month"]} | {k: f"{report[k]['status']}: {report[k]['because']}" for k in KINDS})
    seconds["learn"] = time.perf_counter() - started
    found = judge(rt, report, home / "sandbox" / "truth") | {"learned": history}
    return {"companies": companies, "months": months, "seed": seed, "seconds": {k: round(s, 1) for k, s in seconds.items()},
            "wall_s": round(time.perf_counter() - began, 1), **found, "report": report}  # fmt: skip


@contextmanager
def _market(home: Path, companies: int, seed: int) -> Iterator[None]:
    """A sandbox with a history, until the block ends."""
    box, env = home / "sandbox", boxed.env_file(home)
    box.mkdir(parents=True)
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(box), "--env-file", str(env), "--companies", str(companies),
               "--days", str(HISTORY_DAYS), "--seed", str(seed), "--start", START.isoformat(), "--speed", SPEED]  # fmt: skip
    with (box / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while not env.exists():
                if process.poll() is not None:
                    raise RuntimeError(f"the sandbox did not come up: {(box / 'serve.log').read_text()[-2000:]}")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(60)


def _runtime(home: Path, *, frozen: bool = False) -> Runtime:
    """`frozen`: the clock stands at the end of the last day that was pulled, since nobody serves any more."""
    rt = build_runtime(load_settings({}, home=home))
    if not frozen:
        intent = rt.profile.intent.model_copy(update={"scores_per_day": rt.profile.intent.scores_per_day * PULL_DAYS})
        return replace(rt, profile=rt.profile.model_copy(update={"intent": intent}))  # a pull stands for the pulls of so many days
    last = json.loads((home / "months.json").read_text())[-1]
    return build_runtime(load_settings({}, home=home, now=rt.window(date.fromisoformat(last)).end + timedelta(minutes=5)))


def _pulled(rt: Runtime, home: Path, months: int, seconds: dict[str, float]) -> list[date]:
    """Pull for `months` month-ends; the days of the full pulls, the first month-end first. months.json keeps the month-ends."""
    since, days, ends = START - timedelta(days=HISTORY_DAYS), [rt.today()], [rt.today()]
    _pull(rt, rt.today(), STREAMS, since, seconds)
    extract.run(rt, days[0], since=since)
    for _ in range(months - 1):
        ends.append((ends[-1] + timedelta(days=32)).replace(day=1) - timedelta(days=1))
        while days[-1] < ends[-1]:
            since = days[-1] + timedelta(days=1)
            days.append(_until_next(rt, home, days[-1], ends[-1], seconds))
            _pull(rt, days[-1], STREAMS, since, seconds)
            _timed(seconds, "extract", partial(extract.run, rt, days[-1], since=since))
        print(f"{ends[-1]}: {', '.join(f'{k} {s:.0f} s' for k, s in seconds.items())}", file=sys.stderr, flush=True)
        (home / "months.json").write_text(json.dumps([d.isoformat() for d in ends]))
    return days


def _until_next(rt: Runtime, home: Path, day: date, end: date, seconds: dict[str, float]) -> date:
    """Let the market live until the next full pull, asking for the hot accounts on the way; the day on which it then stands."""
    steps = steps_to(day, end)
    for at, step in enumerate(steps):
        _timed(seconds, "advance", partial(boxed.call, home, "advance", "--days", str(step)))
        day += timedelta(days=step)
        if rt.today() != day:
            raise RuntimeError(f"the market stands at {rt.today()}, not at {day}")
        if at < len(steps) - 1:
            _pull(rt, day, HOT, None, seconds)
    return day


def steps_to(day: date, end: date) -> list[int]:
    """Days to go from one full pull to the next: `PULL_DAYS`, or all that is left of the month; in steps of `HOT_DAYS`."""
    left = (end - day).days
    full = PULL_DAYS if left >= 1.5 * PULL_DAYS else left
    steps = [HOT_DAYS] * max(1, full // HOT_DAYS)
    return [*steps[:-1], full - sum(steps[:-1])]


def _pull(rt: Runtime, day: date, only: list[str], since: date | None, seconds: dict[str, float]) -> None:
    began = time.perf_counter()
    failed = {s.stream: s.error for s in runner.run(rt, day, only=only, history_from=since).streams if s.status == "failed"}
    if failed:
        raise RuntimeError(f"{day}: {failed}")
    seconds["pull"] = seconds.get("pull", 0) + time.perf_counter() - began


def _timed(seconds: dict[str, float], name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    seconds[name] = seconds.get(name, 0) + time.perf_counter() - began


def _built(rt: Runtime, days: list[date], seconds: dict[str, float]) -> None:
    """Links and the warehouse over the whole span at once (the same as day by day), and the features as of each full pull."""
    first, variables = START - timedelta(days=HISTORY_DAYS), dbt.variables_of(rt.profile)
    _timed(seconds, "identity", partial(identity.run, rt, days[-1], since=first))
    began = time.perf_counter()
    stages = ["resource_type:seed", "path:models/sources", "path:models/identity", "path:models/signals"]
    for day, select in [(days[-1], stages), *((d, ["account_features"]) for d in days[:-1])]:
        built = dbt.build(rt.settings, select, since=day, until=day, variables=variables)
        if not built.ok:
            raise RuntimeError(f"dbt, {day}: {[(n.name, n.message) for n in built.broken]}")
    seconds["dbt"] = time.perf_counter() - began


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    given.add_argument("--companies", type=int, default=8_000)
    given.add_argument("--months", type=int, default=11, help="month-ends that are pulled and learned from")
    given.add_argument("--learned", type=int, default=2, help="how many of the last months are learned: the second meets a champion")
    given.add_argument("--seed", type=int, default=11)
    given.add_argument("--home", type=Path, help="keep the market here; default: a folder that is removed afterwards")
    given.add_argument("--again", action="store_true", help="learn and judge a home that stands")
    given.add_argument("--json", type=Path, help="write the numbers here")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        found = measure(asked.home or Path(folder), asked.companies, asked.months, asked.seed, learned=asked.learned, again=asked.again)
    print(table(found))
    text = json.dumps(found, indent=1, sort_keys=True, default=str) + "\n"
    if asked.json:
        asked.json.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
