"""From landed rows to `facts.mentions` and `facts.people`, as the stream's declaration says.

landed rows (Arrow, with dt) → one row per declared role and position → lake, under the stream's own name.
State streams say the same every day: a row is written only when its content differs from the newest earlier one.
Does not belong here: which mentions are the same company (identity), text (extract).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.errors import Permanent
from signals_pipeline.io.datasets import dataset
from signals_pipeline.keys import email_key, md5, normal_email
from signals_pipeline.sources import standing
from signals_pipeline.sources.read import company_domain
from signals_pipeline.sources.spec import CompanyMention, PersonMention, Pull

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
    name: str, rows: pa.Table, companies: Sequence[CompanyMention], people: Sequence[PersonMention], *, hash_key: str
) -> tuple[pa.Table, pa.Table]:
    """Mention rows and person rows (each with `dt`) of raw rows of the dataset `name`, by column.

    A mention without any name or key, and a person without name, address and profile, is left out.
    """
    named_by = {c for m in (*companies, *people) for c in m.model_dump(exclude={"role", "employer"}, exclude_none=True).values()}
    rows = rows.select([*sorted(named_by | {"record_key", "known_at"}), "dt"]).combine_chunks()
    common = {"record_key": rows["record_key"], "known_at": rows["known_at"], "dt": rows["dt"], "dataset": _always(name, rows.num_rows)}
    mentions, persons = [], []
    named: dict[str, pa.Array] = {}  # role → mention_id of each row, null where the row names nobody in it
    for mention in companies:
        found = _named(rows, mention.model_dump(exclude={"role"}, exclude_none=True))
        if "domain" in found:
            found["domain"] = _by_value(found["domain"], company_domain)
        is_named = _is_any(found, _NAMES_COMPANY, rows.num_rows)
        named[mention.role] = pc.if_else(is_named, _ids((name,), rows["record_key"], mention.role), None)
        told = {**common, **found, "role": _always(mention.role, rows.num_rows), "mention_id": named[mention.role]}
        mentions.append(_table("mentions", told).filter(is_named))
    for position, person in enumerate(people):
        found = _named(rows, person.model_dump(exclude={"employer"}, exclude_none=True))
        is_named = _is_any(found, _NAMES_PERSON, rows.num_rows)
        if "email" in found:
            found["email"] = _by_value(found["email"], normal_email)
            found["email_key"] = _by_value(found["email"], lambda address: email_key(address, hash_key))
        if "title" in found:
            found["level"] = _by_value(found["title"], lambda title: _classify(title)[0] if title else None)
            found["department"] = _by_value(found["title"], lambda title: _classify(title)[1] if title else None)
        if person.employer in named:
            found["mention_id"] = named[person.employer]
        record_ids = _ids(("person", name), rows["record_key"], position)
        persons.append(_table("people", {**common, **found, "person_record_id": record_ids}).filter(is_named))
    return pa.concat_tables([_table("mentions", {}), *mentions]), pa.concat_tables([_table("people", {}), *persons])


def _named(rows: pa.Table, fields: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    return {field: rows[column] for field, column in fields.items()}


def _always(word: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(word, pa.string()), count)


def _ids(before: tuple[str, ...], keys: pa.ChunkedArray, after: str | int) -> pa.Array:
    return pa.array([md5(*before, key, after) for key in keys.to_pylist()], pa.string())


def _by_value(column: pa.ChunkedArray | pa.Array, of: Callable[[Any], str | None]) -> pa.Array:
    """`of` asked once for each different value; null stays null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = array.dictionary_encode()
    return pa.array([of(value) for value in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _is_any(found: Mapping[str, Any], names: Sequence[str], count: int) -> pa.Array:
    """Whether a row says any of `names`; the empty text says nothing."""
    said = pa.repeat(pa.scalar(False), count)
    for name in names:
        if name in found:
            column = found[name].combine_chunks() if isinstance(found[name], pa.ChunkedArray) else found[name]
            filled = pc.not_equal(column, "") if pa.types.is_string(column.type) else pc.is_valid(column)
            said = pc.or_(said, pc.fill_null(filled, False))
    return said


def _table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """Columns as a table of the dataset's schema with `dt`; what is not given is null. Raises Permanent for another type."""
    schema = pa.schema([*dataset(name).columns.items(), ("dt", pa.date32())])
    count = len(columns["dt"]) if columns else 0
    for column, values in columns.items():
        if values.type != schema.field(column).type:
            raise Permanent(f"{name}.{column} is {schema.field(column).type}, but the column declared for it is {values.type}")
    return pa.table([columns[f.name] if f.name in columns else pa.nulls(count, f.type) for f in schema], schema=schema)


def _write(pull: Pull, name: str, key: str, table: pa.Table, window: str) -> int:
    lake, dt = pull.runtime.lake, pull.window.dt
    spec = dataset(name)
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


@cache
def _classify(title: str) -> tuple[str | None, str | None]:
    from signals_pipeline.rules.titles import classify

    return classify(title)
