"""The dbt seeds, read by Python too: one table of rules, two readers.

dbt_project/seeds/<name>.csv → list of dicts (text cells, empty → None).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.names import nearest

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


@cache
def seed(name: str, folder: Path = SEEDS) -> tuple[dict[str, str | None], ...]:
    """Rows of a seed in file order; every cell is text or None. Raises Permanent for an unknown seed or a ragged row."""
    path = folder / f"{name}.csv"
    if not path.exists():
        raise Permanent(f"no seed {name}{nearest(name, [p.stem for p in folder.glob('*.csv')])}")
    with path.open(newline="", encoding="utf-8") as handle:
        rows: list[dict[str, str | None]] = []
        for number, row in enumerate(csv.DictReader(handle), 2):
            if None in row or any(v is None for v in row.values()):
                raise Permanent(f"{path}:{number}: wrong number of cells")
            rows.append({k: (v or None) for k, v in row.items()})
    return tuple(rows)
