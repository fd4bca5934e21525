"""Groups of accounts for which a score is judged apart: size, industry, country, kinds of signal, sources of signals.

features of the judged rows (+ company, day, source) → `groups` → {"size": {"50 to 249 employees": mask}, …}.
Nothing here knows today's list of signals: types are read off the columns, sources off the data sets. Groups of size, industry and
country are apart from each other; an account with signals of two kinds counts in both. Does not belong here: judging (`bootstrap.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]
Groups = dict[str, dict[str, Array]]
BANDS = ((0, 50, "under 50"), (50, 250, "50 to 249"), (250, 1000, "250 to 999"), (1000, float("inf"), "1,000 and more"))
MOST = 6  # words shown of a column, the most frequent; the rest is one group
_TYPE = re.compile(r"^(.+)_signals_90d$")


def groups(features: pd.DataFrame, sources: pd.DataFrame) -> Groups:
    """Masks over the rows of `features` (company_id, dt and any columns). `sources`: company_id, dt, source: who spoke of it before."""
    found: Groups = {}
    if "employees" in features:
        found["size"] = _bands(features["employees"].to_numpy(dtype=float))
    for column in ("industry", "country"):
        if column in features:
            found[column] = _words(features[column])
    types = {m[1]: (features[m[0]].to_numpy(dtype=float) > 0) for c in features.columns if (m := _TYPE.match(str(c)))}
    if types:
        none = ~np.any(list(types.values()), axis=0)
        found["signals"] = {f"{k.replace('_', ' ')} in 90 days": v for k, v in sorted(types.items())} | {"no signal in 90 days": none}
    if len(sources):
        rows = pd.MultiIndex.from_frame(features[["company_id", "dt"]])
        said = {str(s): rows.isin(pd.MultiIndex.from_frame(of[["company_id", "dt"]])) for s, of in sources.groupby("source")}
        found["source"] = said
    return {name: {k: v for k, v in of.items() if v.any()} for name, of in found.items()}


def vendor(datasets: Iterable[str]) -> list[str]:
    """`sec_edgar__filings` → `sec edgar`."""
    return [d.partition("__")[0].replace("_", " ") for d in datasets]


def _bands(employees: Array) -> dict[str, Array]:
    found = {f"{name} employees": (employees >= low) & (employees < high) for low, high, name in BANDS}
    return found | {"size not known": np.isnan(employees)}


def _words(column: pd.Series) -> dict[str, Array]:
    words = column.astype(object).where(column.notna(), None)
    frequent = [str(w) for w in words.dropna().value_counts(sort=True).index[:MOST]]
    found = {w: (words == w).to_numpy(dtype=bool) for w in sorted(frequent)}
    rest = words.notna().to_numpy() & ~words.isin(frequent).to_numpy()
    return found | {f"other {column.name}": rest, f"{column.name} not known": words.isna().to_numpy()}
