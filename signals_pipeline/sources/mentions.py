"""From landed rows to `facts.mentions` and `facts.people`, as the stream's declaration says.

landed rows (Arrow, with dt) → one row per declared role and position → lake, under the stream's own name.
State streams say the same every day: a row is written only when its content differs from the newest earlier one.
Does not belong here: which mentions are the same company (identity), text (extract).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.keys import email_key, md5, normal_email
from signals_pipeline.sources import standing
from signals_pipeline.sources.read import company_domain
from signals_pipeline.sources.spec import CompanyMention, PersonMention, Pull

Classify = Callable[[str], tuple[str | None, str | None]]
_WHOLE = ("prospect_id_outreach",)
_NAMES_COMPANY = ("name", "domain", "cik", "registry_id", "account_id_salesforce", "crunchbase_id")
_NAMES_PERSON = ("email", "first_name", "last_name", "full_name", "linkedin_url", "phone")


def write(pull: Pull, rows: pa.Table, *, window: str) -> tuple[int, int]:
    """Write the mentions and people of the landed rows; returns how many rows of each were written."""
    spec = pull.spec
    if not spec.mentions and not spec.people:
        return 0, 0
    companies, people = of_rows(spec.dataset, rows, spec.mentions, spec.people, hash_key=pull.runtime.settings.secret("hash_key"))
    return (
        _write(pull, "mentions", "mention_id", companies, window),
        _write(pull, "people", "person_record_id", people, window),
    )


def of_rows(
    name: str,
    rows: pa.Table,
    companies: Sequence[CompanyMention],
    people: Sequence[PersonMention],
    *,
    hash_key: str,
    classify: Classify | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Mention rows and person rows (each with `dt`) of raw rows of the dataset `name`.

    A mention without any name or key, and a person without name, address and profile, is left out.
    """
    wanted = {c for m in (*companies, *people) for f, c in m.model_dump(exclude_none=True).items() if f not in ("role", "employer")}
    records = rows.select([*sorted(wanted), "record_key", "known_at", "dt"] if wanted else ["record_key", "known_at", "dt"]).to_pylist()
    company_fields = [(m.role, m.model_dump(exclude={"role"}, exclude_none=True)) for m in companies]
    person_fields = [(m.employer, m.model_dump(exclude={"employer"}, exclude_none=True)) for m in people]
    sort_title = classify or _classify
    mentions: list[dict[str, Any]] = []
    persons: list[dict[str, Any]] = []
    for record in records:
        key, common = record["record_key"], {"dataset": name, "known_at": record["known_at"], "dt": record["dt"]}
        named: set[str] = set()
        for role, fields in company_fields:
            found = {f: record[c] for f, c in fields.items()}
            if "domain" in found:
                found["domain"] = company_domain(found["domain"])
            if not any(found.get(f) for f in _NAMES_COMPANY):
                continue
            named.add(role)
            mentions.append({"mention_id": md5(name, key, role), "record_key": key, "role": role, **found, **common})
        for position, (employer, fields) in enumerate(person_fields):
            found = {f: record[c] for f, c in fields.items()}
            if not any(found.get(f) for f in _NAMES_PERSON):
                continue
            if "email" in found:
                found["email"] = normal_email(found["email"])
                found["email_key"] = email_key(found["email"], hash_key)
            if found.get("title"):
                found["level"], found["department"] = sort_title(found["title"])
            found["mention_id"] = md5(name, key, employer) if employer in named else None
            persons.append({"person_record_id": md5("person", name, key, position), "record_key": key, **found, **common})
    return mentions, persons


def _write(pull: Pull, name: str, key: str, rows: list[dict[str, Any]], window: str) -> int:
    lake, dt = pull.runtime.lake, pull.window.dt
    spec = dataset(name)
    table = _table(name, rows)
    if pull.spec.kind == "state":
        content = [c for c in spec.columns if c not in (key, "known_at")]
        earlier = standing.load(lake, name, [p for d, _, p in standing.files(lake, name, pull.stream) if d < dt], [key, *content])
        if earlier.num_rows and table.num_rows:
            said = standing.fingerprint(standing.newest_by(earlier, key), key, content)
            table = table.filter(pc.invert(pc.is_in(standing.fingerprint(table, key, content), value_set=said)))
        return lake.write(name, dt, table, stream=pull.stream, window="day")
    if window == "history":
        return sum(lake.write_days(name, table, stream=pull.stream, window=window).values())
    return lake.write(name, dt, table, stream=pull.stream, window=window)


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    if rows:
        return table_of(dataset(name), rows)
    return dataset(name).schema.empty_table().append_column("dt", pa.array([], pa.date32()))


@cache
def _classify(title: str) -> tuple[str | None, str | None]:
    from signals_pipeline.rules.titles import classify

    return classify(title)
