"""A psycopg2 result as Arrow, with the types the lake uses."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

_KINDS: dict[int, pa.DataType] = {
    16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 25: pa.string(), 1043: pa.string(), 2950: pa.string(), 19: pa.string(),
    700: pa.float64(), 701: pa.float64(), 1082: pa.date32(), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", tz="UTC"),
}  # fmt: skip


def arrow_of(cursor: Any) -> pa.Table:
    """All rows of an executed cursor. Types without an entry (numeric among them) are inferred from the values."""
    rows = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(cursor.description)
    arrays = [pa.array(list(values), _KINDS.get(d.type_code)) for d, values in zip(cursor.description, columns, strict=True)]
    return pa.table(dict(zip([d.name for d in cursor.description], arrays, strict=True)))
