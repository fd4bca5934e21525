"""Free text, measured: sentences from news whose relation between two companies people have labelled. Does a sentence tell of ownership?

`../shared/data/news/company_relations_core` → rows in file order (training file, then test file) → `exam.judge` with and without the text.
A section of `make accuracy`. Run: python -m ml.corpora. Does not belong here: tables of leads (`accuracy.py`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from ml.exam import judge
from ml.table import of_frame

OWNERSHIP = ("acquired_by", "merged_with", "shareholder_of", "subsidiary_of")
FILES = ("core_train.open.json", "core_test.open.json")


def relations(folder: Path) -> dict[str, Any]:
    """The exam of the sentences: which tell that a company is, or becomes, owned by the other. `folder`: with the files of the corpus."""
    rows = [row for name in FILES for row in json.loads((folder / name).read_text(encoding="utf-8"))]
    frame = pd.DataFrame({
        "sentence": [" ".join(r["context"]) for r in rows],
        "words_between": [max(r["e1_start"], r["e2_start"]) - min(r["e1_end"], r["e2_end"]) for r in rows],
        "words": [len(r["context"]) for r in rows],
        "is_first_named": [int(r["e1_start"] < r["e2_start"]) for r in rows],
        "tells_of_ownership": [int(r["relation"] in OWNERSHIP) for r in rows],
    })  # fmt: skip
    return judge(of_frame(frame, "tells_of_ownership"))


def main() -> None:
    from ml.accuracy import NEWS

    sys.stdout.write(json.dumps(relations(NEWS), indent=1) + "\n")


if __name__ == "__main__":
    main()
