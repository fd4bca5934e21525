"""How likely two names at two places are one company: Splink on a reviewed model file, never trained in a run.

new profiles × all profiles → blocking (same hard key) → `candidates` → (left, right, probability).
A probability depends on the two profiles alone (no term frequencies of the day), so it is the same whenever it is asked.
Name and domain are the same evidence: the model scores the name and the place, never the domain.
Train the model: python -m signals_pipeline.identity.train --help
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.identity.names import NameParts, parts

MODEL = Path(__file__).with_name("model.json")
SEP = "\x1f"
COLUMNS = ("profile", "hard_key", "core", "compact", "sorted_words", "distinct", "country", "state", "city")


@dataclass(frozen=True)
class Model:
    """The reviewed file: Splink settings, and the thresholds that turn a probability into a decision."""

    version: str
    link_from: float
    review_from: float
    recycled_after_days: int
    common_words: frozenset[str]
    splink: dict[str, Any]


@cache
def model(path: Path = MODEL) -> Model:
    """The model file, checked. Raises Permanent when it is missing or its thresholds make no sense."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = Model(
            raw["version"], raw["link_from"], raw["review_from"], raw["recycled_after_days"],
            frozenset(raw["common_words"]), raw["splink"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError) as bad:
        raise Permanent(f"identity model {path}: {bad!r}; restore it or train one: python -m signals_pipeline.identity.train") from bad
    if not 0 < found.review_from <= found.link_from < 1:
        raise Permanent(f"identity model {path}: 0 < review_from <= link_from < 1 does not hold")
    return found


def profile_of(name: str | None, country: str | None, state: str | None, city: str | None) -> str | None:
    """The profile key of a name at a place: two mentions with one key cannot be told apart. None without a name."""
    found = parts(name)
    if found is None or not found.compact:
        return None
    return SEP.join((found.core, found.hard_key, country or "", state or "", city or ""))


def distinctiveness(found: NameParts, common: frozenset[str]) -> int:
    """0 a name that many may bear (short, or common words alone), 1 an ordinary one, 2 one that hardly repeats."""
    rare = [w for w in found.core.split() if w not in common and not w.isdigit()]
    if not rare or len(found.compact) < 4:
        return 0
    letters = sum(map(len, rare))
    return 2 if letters >= 9 or (len(rare) > 1 and letters >= 7) else 1


def frame(profiles: list[str], common: frozenset[str]) -> pd.DataFrame:
    """Profiles as the columns that Splink compares (`COLUMNS`); empty place parts are null."""
    data: dict[str, list[Any]] = {c: [] for c in COLUMNS}
    for profile in profiles:
        core, hard, country, state, city = profile.split(SEP)
        told = NameParts(core)
        row = (profile, hard, core, told.compact, told.sorted_words, distinctiveness(told, common), country, state, city)
        for column, value in zip(COLUMNS, row, strict=True):
            data[column].append(value if value != "" or column == "hard_key" else None)
    return pd.DataFrame(data).astype(dict.fromkeys((c for c in COLUMNS if c != "distinct"), "str") | {"distinct": "int64"})


def candidates(new: list[str], everyone: list[str], using: Model | None = None) -> pd.DataFrame:
    """Pairs (left of `new`, right of `everyone`, probability ≥ review_from, rounded to 6 digits), a profile with itself too."""
    told = using or model()
    if not new or not everyone:
        return pd.DataFrame({"left": pd.Series(dtype="str"), "right": pd.Series(dtype="str"), "probability": pd.Series(dtype="float64")})
    linker = linker_of(sorted(set(new)), sorted(set(everyone)), told)
    found = linker.inference.predict(threshold_match_probability=told.review_from - 0.01).as_pandas_dataframe()
    flip = (found["source_dataset_l"] == "known").to_numpy()
    left = found["profile_l"].where(~flip, found["profile_r"])
    right = found["profile_r"].where(~flip, found["profile_l"])
    pairs = pd.DataFrame({"left": left, "right": right, "probability": found["match_probability"].astype("float64").round(6)})
    pairs = pairs[pairs["probability"] >= told.review_from]
    return pairs.drop_duplicates(["left", "right"]).sort_values(["left", "right"], ignore_index=True)


def related(new: list[str], known: pa.Array, using: Model) -> set[str]:
    """The known profiles that share a block with a new one: the only ones that can be candidates. The blocks are the model's own."""
    import duckdb

    if not new or not len(known):
        return set()
    blocks = [rule["blocking_rule"] for rule in using.splink["blocking_rules_to_generate_predictions"]]
    part = "nullif(part[{}], '') AS {}"
    names = ("core", "hard_key", "country", "state", "city")
    columns = ", ".join(part.format(i, n) for i, n in enumerate(names, start=1))
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads TO 2")
        for table, profiles in (("fresh", pa.array(new, pa.string())), ("standing", known)):
            connection.register(f"{table}_profiles", pa.table({"profile": profiles}))
            connection.execute(
                f"CREATE TABLE {table} AS WITH parts AS (SELECT profile, string_split(profile, chr(31)) AS part FROM {table}_profiles) "
                f"SELECT profile, coalesce(hard_key, '') AS hard_key, replace(core, ' ', '') AS compact, "
                f"array_to_string(list_sort(string_split(core, ' ')), ' ') AS sorted_words, country, state, city "
                f"FROM (SELECT profile, {columns} FROM parts)"
            )
        shared = " UNION ".join(f"SELECT r.profile FROM fresh AS l JOIN standing AS r ON {block}" for block in blocks)
        return {profile for (profile,) in connection.execute(shared).fetchall()}


def linker_of(new: list[str], everyone: list[str], using: Model) -> Any:
    """A Splink linker of new × known on a DuckDB connection of its own."""
    import duckdb
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    connection = duckdb.connect(":memory:")
    connection.execute("SET threads TO 2")
    api = DuckDBAPI(connection)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left = api.register(frame(new, using.common_words), dataset_display_name="fresh")
        right = api.register(frame(everyone, using.common_words), dataset_display_name="known")
        return Linker([left, right], using.splink, log_level=None, validate_settings=False)
