"""The market: it rolls a day at a time, keeps what is to happen on an agenda, and does what has fallen due.

(seed, day, what was done to it) → rows of the vendors, files, product database, truth. `settle(now)` brings everything up to an instant.
Does not belong here: endpoints (`vendors/`), the wall clock (`clock.py`). Alone: `World.create(...)` then `settle(...)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sandbox.agenda import Agenda
from sandbox.clock import opening_of, stamp, start_of
from sandbox.dice import dice
from sandbox.market import chances, crm, deals, engage, files, former, intent, product, triggers
from sandbox.market.companies import SPECIAL, Company, company, name_variant
from sandbox.market.journeys import Journeys
from sandbox.market.people import headcount, person, person_of_id
from sandbox.store import Store, salesforce_id


class ProductSink(Protocol):
    """Where users and usage go: the product database, or a list in tests."""

    def user(self, row: dict[str, Any]) -> None: ...
    def usage(self, batch: str, loaded_at: str, lines: list[str]) -> None: ...
    def flush(self) -> None: ...


class World:
    """`n` companies. State that is not in vendor tables: `j` (journeys), `users`, the agenda; saved with every roll."""

    def __init__(self, store: Store, sink: ProductSink, home: Path) -> None:
        facts = store.get("world")
        if facts is None:
            raise RuntimeError("no market stands here yet; World.create makes one")
        self.store, self.sink, self.home = store, sink, home
        self.seed, self.n = int(facts["seed"]), int(facts["companies"])
        self.first, self.start = date.fromisoformat(facts["first"]), date.fromisoformat(facts["start"])
        self.rolled = date.fromisoformat(facts["rolled"])  # the last day that was rolled
        self.struck: Callable[[str], bool] = files.never  # faults of the dropped files
        self.drop, self.truth = Path(facts["drop"]), home / "truth"
        self.j = Journeys.load(store.get_bytes("journeys") or b"")
        self.users = product.Users.load(store.get_bytes("users") or b"")
        self.fresh_users: list[tuple[int, int, float, int, int, int, int, int]] = []
        self.agenda = Agenda(store)
        self._horizon: datetime | None = None  # set while a history is made: loads before it need not wait on the agenda
        self._notes: list[tuple[str, str]] = []

    # ---- making and keeping ---------------------------------------------------------------------------------------------
    @classmethod
    def create(
        cls,
        store: Store,
        sink: ProductSink,
        home: Path,
        *,
        seed: int,
        companies: int,
        days: int,
        start: date,
        drop: Path,
        progress: Callable[[int, int], None] | None = None,
    ) -> World:
        """A market with its history: `days` days before `start`, whose opening is where the clock stands afterwards."""
        if companies < 10 or days < 1:
            raise ValueError(f"a market needs at least 10 companies and 1 day of history, not {companies} and {days}")
        first = start - timedelta(days=days)
        with store.batch():
            facts = {
                "seed": seed,
                "companies": companies,
                "first": first.isoformat(),
                "start": start.isoformat(),
                "rolled": (first - timedelta(days=1)).isoformat(),
                "drop": str(drop),
            }
            store.put("world", facts)
            store.put_bytes("journeys", Journeys.new(seed, companies, first.toordinal()).dump())
            store.put_bytes("users", product.Users.none().dump())
            world = cls(store, sink, home)
            world.truth.mkdir(parents=True, exist_ok=True)
            crm.setup(world, first)
            product.begin(world, first)
            for i in range(companies):
                c = world.company(i)
                world.note(
                    "company",
                    i=i,
                    domain=c.domain,
                    legal_name=c.legal_name,
                    appetite=round(c.appetite, 4),
                    deal_usd=c.deal_usd,
                    cik=c.cik,
                    industry=c.industry,
                    employees=c.employees,
                    country=c.country,
                )
            world._horizon = opening_of(start)
            for n in range(days):
                world._settle(opening_of(first + timedelta(days=n + 1)))
                world._write_notes()
                if progress:
                    progress(n + 1, days)
            world._horizon = None
            world._save()
        return world

    def settle(self, now: datetime) -> bool:
        """Roll the days that have begun and do what has fallen due. Returns whether anything happened; all or nothing."""
        if now < start_of(self.rolled + timedelta(days=1)) and (not self.agenda.heap or self.agenda.heap[0][0] > stamp(now)):
            return False
        with self.store.batch():
            self._settle(now)
            self._save()
        return True

    def _settle(self, now: datetime) -> None:
        while now >= (begins := start_of(self.rolled + timedelta(days=1))):
            self._do_due(begins)
            self.rolled += timedelta(days=1)
            self._roll(self.rolled, begins)
        self._do_due(now)
        self.sink.flush()

    def _do_due(self, until: datetime) -> None:
        while item := self.agenda.due(until):
            due, op, args = item
            _OPERATIONS[op](self, due, **args)

    def _roll(self, day: date, now: datetime) -> None:
        """Draw one day: the window that begins now."""
        for i, before, after in self.j.step(self.seed, day.toordinal()):
            self.note("journey", company=self.company(i).domain, day=day.isoformat(), before=before, after=after)
        intent.step(self.j, self.seed, day.toordinal())
        triggers.step(self, day)
        product.step(self, day)
        if day < self.start:
            former.team(self, day)
        engage.pick_up(self, now)
        deals.organic(self, day)
        if day.day == 1:
            self._note_chances(day)
        if day.weekday() == 4:
            self._segment_rows(day)
        if day >= self.start - timedelta(days=1) or day.weekday() == 6:
            self.agenda.add(opening_of(day + timedelta(days=1)) - timedelta(minutes=35), "drop", day=day.isoformat())

    def _note_chances(self, day: date) -> None:
        """What the market itself gives each company, before it is known what comes of it."""
        for i, p in enumerate(chances.chances(self.j, day).tolist()):
            self.note("chance", company=self.company(i).domain, day=day.isoformat(), days=chances.HORIZON_DAYS, p_opportunity=round(p, 6))

    def _segment_rows(self, day: date) -> None:
        """The weekly export of the segment, as a person would download it."""
        for i in intent.members(self.j, 4713, self.company):
            c = self.company(i)
            files.row(
                self.store,
                "sixsense_segment",
                day.toordinal(),
                {
                    "segment_id": "4713",
                    "segment_name": intent.SEGMENTS[4713],
                    "domain": c.domain,
                    "name": c.name,
                    "country": c.country,
                    "topics": intent.topic_of(c, int(self.j.seen_stage[i])),
                },
            )

    def _save(self) -> None:
        facts = self.store.get("world")
        self.store.put("world", {**facts, "rolled": self.rolled.isoformat()})
        self.store.put_bytes("journeys", self.j.dump())
        if self.fresh_users:
            self.users.extend(self.fresh_users)
            self.fresh_users.clear()
        self.store.put_bytes("users", self.users.dump())
        self.agenda.save()
        self._write_notes()

    def _write_notes(self) -> None:
        notes, self._notes = self._notes, []
        lines: dict[str, list[str]] = {}
        for kind, line in notes:
            lines.setdefault(kind, []).append(line)
        for kind, found in lines.items():
            with (self.truth / f"{kind}.jsonl").open("a", encoding="utf-8") as out:
                out.write("\n".join(found) + "\n")

    # ---- what the market's modules ask ----------------------------------------------------------------------------------
    def company(self, i: int) -> Company:
        return company(self.seed, i)

    def variant(self, c: Company, *key: object) -> str:
        return name_variant(c, *key)

    def owner(self, c: Company) -> str:
        return salesforce_id("User", self.rep_number(c))

    def rep_number(self, c: Company) -> int:
        """The rep by territory: 1 and 2 West, 3 and 4 East, 5 and 6 Central, 7 and 8 abroad."""
        side = dice(self.seed, "rep", c.i).randrange(2)
        if c.country != "US":
            return 7 + side
        return (
            1 if c.state in {"CA", "WA", "AZ", "UT", "CO"} else 3 if c.state in {"NY", "MA", "FL", "GA", "NC", "PA", "VA"} else 5
        ) + side

    def note(self, topic: str, /, **facts: Any) -> None:
        """A line of ground truth, written with the next save; never served."""
        self._notes.append((topic, json.dumps(facts, default=str)))

    def usage(self, loaded_at: datetime, batch: str, lines: list[str]) -> None:
        if self._horizon is not None and loaded_at <= self._horizon:
            self.sink.usage(batch, stamp(loaded_at), lines)
        else:
            self.agenda.add(loaded_at, "usage", batch=batch, lines=lines)

    def find_domain(self, domain: str) -> int | None:
        found = self.store.value("SELECT id FROM w_company WHERE domain = ?", (domain.lower(),))
        return None if found is None else int(found)

    def whose(self, email: str) -> tuple[int | None, bool, float]:
        """Company index, whether mail arrives, and warmth of the person behind an address; (None, False, 0) for nobody."""
        email = email.lower()
        known = self.store.one("SELECT company, person FROM w_email WHERE email = ?", (email,))
        if known and (p := person_of_id(self.seed, known["person"], self.n)):
            return int(known["company"]), p.reachable, p.warmth
        i = self.find_domain(email.rpartition("@")[2])
        if i is None:
            return None, False, 0.0
        for k in range(headcount(self.company(i))):
            p = person(self.seed, i, k)
            if p.email == email:
                return i, p.reachable, p.warmth
        return i, False, 0.0

    def summary(self) -> dict[str, Any]:
        return {
            "companies": self.n,
            "seed": self.seed,
            "history_from": self.first.isoformat(),
            "start": self.start.isoformat(),
            "rolled": self.rolled.isoformat(),
            "agenda": len(self.agenda.heap),
            **product.summary(self),
            "filings": self.store.count("filing"),
            "accounts": self.store.count("Account"),
            "special": SPECIAL,
        }


def _user_row(w: World, now: datetime, *, row: dict[str, Any]) -> None:
    w.sink.user(row)


def _usage(w: World, now: datetime, *, batch: str, lines: list[str]) -> None:
    w.sink.usage(batch, stamp(now), lines)


def _drop(w: World, now: datetime, *, day: str) -> None:
    files.drop(w.store, w.drop, date.fromisoformat(day), w.struck)


_OPERATIONS: dict[str, Callable[..., None]] = {
    "user_row": _user_row,
    "usage": _usage,
    "drop": _drop,
    "mail": engage.mail,
    "finish": engage.finish,
    "opened": engage.opened,
    "unsubscribed": engage.unsubscribed,
    "replied": engage.replied,
    "meeting": deals.meeting,
    "met": deals.met,
    "deal_stage": deals.deal_stage,
    "deal_end": deals.deal_end,
    "organic_deal": deals.organic_deal,
}
