"""`python -m sandbox`: serve, advance, status, stop, fault, reset.

arguments → `serve.py` or the live server's `/_sandbox`.
Example: python -m sandbox serve --home .signals/sandbox --env-file .signals/sandbox.env
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from sandbox.faults import DEFAULT_SHARE, KINDS, VENDORS


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m sandbox", description="The vendors in a box: a simulated market behind local vendor endpoints."
    )
    verbs = made.add_subparsers(dest="verb", required=True)

    def verb(name: str, says: str, example: str) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=says, description=says, epilog=f"example: python -m sandbox {example}")
        one.add_argument("--home", type=Path, required=True, help="folder of the sandbox's state")
        return one

    s = verb(
        "serve", "start the market, its vendors and the product database", "serve --home .signals/sandbox --env-file .signals/sandbox.env"
    )
    s.add_argument("--env-file", type=Path, required=True, help="where the SIGNALS_* settings are written once everything answers")
    s.add_argument("--port", type=int, default=0, help="0 takes a free one")
    s.add_argument("--companies", type=int, default=2000)
    s.add_argument("--days", type=int, default=180, help="days of history before the start")
    s.add_argument("--seed", type=int, default=7)
    s.add_argument("--speed", type=float, default=60.0, help="sandbox seconds per wall second")
    s.add_argument(
        "--start", type=date.fromisoformat, default=date(2026, 6, 30), help="the clock first stands at 06:05 New York of this day"
    )
    a = verb("advance", "move the clock to 06:05 of the next day, and simulate it", "advance --home .signals/sandbox --days 7")
    a.add_argument("--days", type=int, default=1)
    verb("status", "what time it is there, and what stands", "status --home .signals/sandbox")
    verb("stop", "stop the server and its database", "stop --home .signals/sandbox")
    f = verb("fault", "switch a fault of a vendor on or off", "fault --home .signals/sandbox --vendor outreach --kind 429 --share 0.2")
    f.add_argument("--vendor", choices=VENDORS, required=True)
    f.add_argument("--kind", choices=KINDS)
    f.add_argument("--share", type=float, default=DEFAULT_SHARE, help="share of the requests that are struck")
    f.add_argument("--on", default="", help="only requests in which this pattern is found, e.g. '^write', 'POST /api/v2/sequenceStates'")
    f.add_argument("--times", type=int, default=0, help="strike so often and no more; 0: without end")
    f.add_argument("--off", action="store_true", help="switch it off; without --kind all of the vendor's")
    verb("reset", "stop, and forget everything", "reset --home .signals/sandbox")
    return made


def main(argv: list[str] | None = None) -> int:
    given = parser().parse_args(argv)
    from sandbox import serve  # heavy: server, database, numpy

    home = given.home.expanduser().resolve()
    try:
        if given.verb == "serve":
            return serve.serve(
                serve.Options(
                    home,
                    given.env_file.expanduser().resolve(),
                    given.port,
                    given.companies,
                    given.days,
                    given.seed,
                    given.speed,
                    given.start,
                )
            )
        if given.verb == "stop":
            print("stopped" if serve.stop(home) else f"no sandbox was serving {home}")
        elif given.verb == "reset":
            serve.reset(home)
            print(f"{home} is empty; the next serve makes a new market")
        elif given.verb == "status":
            print(json.dumps(serve.call(home, "/_sandbox/status"), indent=2))
        elif given.verb == "advance":
            print(json.dumps(serve.call(home, "/_sandbox/advance", {"days": given.days}), indent=2))
        else:
            if not given.off and not given.kind:
                raise serve.Refused("name a --kind to switch on")
            wanted = {name: getattr(given, name) for name in ("vendor", "kind", "share", "on", "times", "off")}
            print(json.dumps(serve.call(home, "/_sandbox/fault", wanted), indent=2))
    except (serve.Refused, RuntimeError, ValueError) as bad:
        print(f"sandbox: {bad}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
