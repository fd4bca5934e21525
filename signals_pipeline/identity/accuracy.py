"""How well names alone are linked: pairwise precision, recall, F1 on labelled names that nobody here wrote. Prints JSON.

labelled (cluster, name) → the stage's own decisions on names without keys or places → pairs → numbers.
The model's m was estimated on the clusters with an even hash; the odd ones judge it here (`held_out`).
Run: python -m signals_pipeline.identity.accuracy [FOLDER with the tables]
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from signals_pipeline.identity.company_stage import resolve
from signals_pipeline.identity.match import candidates, model, profile_of
from signals_pipeline.identity.names import parts
from signals_pipeline.identity.reading import nothing
from signals_pipeline.io.datasets import dataset
from signals_pipeline.io.lake import table_of
from signals_pipeline.keys import md5
from signals_pipeline.settings import REPOSITORY

FOLDER = REPOSITORY.parent / "shared" / "data" / "entity_resolution"
TABLES = {
    "patstat": ("patstat_reference.open.csv", "leuven_id", "person_name"),
    "sec_variants": ("sec_company_name_variants.open.csv", "cik", "name"),
}
DAY = date(2026, 1, 1)


def of_clusters(rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Numbers over all pairs of (cluster, name) rows, linked by name alone, each name once."""
    names = sorted({(c, n.strip()) for c, n in rows if n.strip()})
    stated = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    mentions = [
        {"mention_id": md5(c, n), "dataset": "labelled", "record_key": n, "role": "subject", "known_at": stated, "name": n, "dt": DAY}
        for c, n in names
    ]
    before = (nothing("company_links"), nothing("company_merges"), nothing("company_signatures"), nothing("link_reviews"))
    found = resolve(table_of(dataset("mentions"), mentions), *before, [], DAY, DAY, model(), lambda domain: None)
    company = dict(zip(found.links["mention_id"].to_pylist(), found.links["company_id"].to_pylist(), strict=True))
    return {"names": len(names), "clusters": len({c for c, _ in names}), **pairwise([(c, company[md5(c, n)]) for c, n in names])}


def of_pairs(rows: Sequence[tuple[str, str, bool]]) -> dict[str, Any]:
    """Numbers over labelled pairs (name, name, is_match): linked when the model says so at its link threshold."""
    told = model()
    profiles = [(profile_of(a, None, None, None), profile_of(b, None, None, None), same) for a, b, same in rows]
    sure = candidates([a for a, _, _ in profiles if a], [b for _, b, _ in profiles if b])
    found = list(zip(sure["left"], sure["right"], sure["probability"], strict=True))
    linked = {(left, right) for left, right, p in found if p >= told.link_from}
    grey = {(left, right) for left, right, _ in found}
    equal = sum(1 for a, b, _ in rows if (p := parts(a)) and (q := parts(b)) and p.compact == q.compact and p.hard_key == q.hard_key)
    said = [((a, b) in linked, same) for a, b, same in profiles]
    asked = [((a, b) in grey, same) for a, b, same in profiles]
    return {"pairs": len(rows), "equal_after_normalising": equal, **_scores(said), "with_reviews": _scores(asked)}


def pairwise(rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Precision, recall and F1 over all pairs of (true, said) rows: do two rows belong together?"""

    def pairs(counts: Counter[Any]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    both, true, said = pairs(Counter(rows)), pairs(Counter(c for c, _ in rows)), pairs(Counter(f for _, f in rows))
    return _rates(both, said, true)


def _scores(said: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    return _rates(sum(s and t for s, t in said), sum(s for s, _ in said), sum(t for _, t in said))


def _rates(hit: int, said: int, true: int) -> dict[str, Any]:
    precision, recall = (hit / said if said else None), (hit / true if true else None)
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else 0.0
    return {"precision": _short(precision), "recall": _short(recall), "f1": _short(f1), "true_pairs": true, "said_pairs": said}


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def report(folder: Path = FOLDER) -> dict[str, Any]:
    """All numbers; `{"skipped": why}` when the labelled tables are not there."""
    if not folder.is_dir():
        return {"skipped": f"no labelled names at {folder}"}
    out: dict[str, Any] = {"model": model().version}
    for name, (file, cluster, label) in TABLES.items():
        rows = [(r[cluster], r[label]) for r in _read(folder / file)]
        out[name] = {"all": of_clusters(rows), "held_out": of_clusters([r for r in rows if int(md5(r[0])[:8], 16) % 2])}
    bench = [r for r in _read(folder / "name_bench_cases.open.csv") if r["schema"] in ("Company", "Organization", "LegalEntity")]
    out["name_bench"] = of_pairs([(r["name1"], r["name2"], r["is_match"] == "true") for r in bench])
    return out


if __name__ == "__main__":
    sys.stdout.write(json.dumps(report(*(Path(a) for a in sys.argv[1:2])), indent=1) + "\n")
