"""Personal values of the people in a plan, from the one place where they stand: lake `people`, by `person_id`.

person_links + people → `people_of` → one `Person` each. They go into the plan body (ops store) and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.keys import normal_email
from signals_pipeline.runtime import Runtime

_FIELDS = ("first_name", "last_name", "full_name", "title", "phone", "linkedin_url", "country")


@dataclass(frozen=True)
class Person:
    """Newest known value per field; `email` is the address whose key the outbox chose."""

    person_id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    country: str | None = None


def people_of(rt: Runtime, wanted: Iterable[tuple[str, str | None]], until: date) -> dict[str, Person]:
    """person_id → Person, for (person_id, email_key) pairs, as known up to `until`. A person without records is absent."""
    keys = dict(wanted)
    theirs = pc.field("person_id").isin(pa.array(list(keys), pa.string()))
    links = rt.lake.read("person_links", until=until, columns=["person_record_id", "person_id"], where=theirs)
    owner = dict(zip(links["person_record_id"].to_pylist(), links["person_id"].to_pylist(), strict=True))
    named = pc.field("person_record_id").isin(pa.array(list(owner), pa.string()))
    rows = rt.lake.read("people", until=until, where=named).to_pylist() if owner else []
    rows.sort(
        key=lambda r: (
            (r["dt"], r["known_at"] is not None, r["known_at"], r["person_record_id"])
            if r["known_at"]
            else (r["dt"], False, 0, r["person_record_id"])
        )
    )
    found: dict[str, dict[str, str | None]] = {}
    for row in rows:  # later rows win, field by field
        person = found.setdefault(owner[row["person_record_id"]], {})
        person |= {f: row[f] for f in _FIELDS if row[f]}
        if row["email"] and row["email_key"] == keys[owner[row["person_record_id"]]]:
            address = normal_email(row["email"])
            person["email"] = None if address and ".." in address else address  # no mail server takes it, and no lookup does
    return {person_id: _person(person_id, values) for person_id, values in found.items()}


def _person(person_id: str, v: dict[str, str | None]) -> Person:
    first, last = v.get("first_name"), v.get("last_name")
    if not (first or last) and v.get("full_name"):
        first, _, last = (v["full_name"] or "").strip().partition(" ")
    return Person(
        person_id, v.get("email"), first or None, last or None, v.get("title"), v.get("phone"), v.get("linkedin_url"), v.get("country")
    )
