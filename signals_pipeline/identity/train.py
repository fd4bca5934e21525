"""Estimate the company model and write `model.json`. A person runs this, reviews the diff, and commits it; a run never does.

labelled names (cluster, name) → m of the name levels · a population of distinct companies (name, place) → u of all levels.
m of the place levels is set by hand below: no labelled places are at hand. Thresholds and common words are kept from the old file.
Run: python -m signals_pipeline.identity.train --labels patstat.csv:leuven_id:person_name --population companies.csv:name:country:state:city
"""

from __future__ import annotations

import argparse
import csv
import json
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from signals_pipeline.errors import Permanent
from signals_pipeline.identity.match import MODEL, SEP, frame, profile_of
from signals_pipeline.keys import md5

LINK_FROM, REVIEW_FROM, RECYCLED_AFTER_DAYS = 0.91, 0.50, 730
PRIOR = 2e-5  # two companies picked at random of a market of fifty thousand are one
# by hand: records of one company mostly agree on the city, some name another office
PLACE_M = {"city": 0.72, "other city": 0.12, "other state": 0.10, "other country": 0.06}
# by hand, (m, u): names too few to estimate from the sample; weaker than an ordinary name, strong enough within one city
SCARCE = {"same name, borne by many": (0.03, 3e-6), "same words in another order": (0.005, 3e-7)}
_EXACT = '"compact_l" = "compact_r"'
_BOTH = '"country_l" = "country_r"'
NAME_LEVELS = (
    ("same name, distinctive", f'{_EXACT} AND "distinct_l" = 2'),
    ("same name, ordinary", f'{_EXACT} AND "distinct_l" = 1'),
    ("same name, borne by many", _EXACT),
    ("same words in another order", '"sorted_words_l" = "sorted_words_r"'),
    (
        "one letter off, long name",
        'least(length("compact_l"), length("compact_r")) >= 8 AND levenshtein("compact_l", "compact_r") <= 1',
    ),
    ("very similar", 'jaro_winkler_similarity("compact_l", "compact_r") >= 0.95'),
    ("similar", 'jaro_winkler_similarity("compact_l", "compact_r") >= 0.88'),
)
PLACE_LEVELS = (
    ("same city", f'{_BOTH} AND lower("city_l") = lower("city_r") AND coalesce("state_l", \'\') = coalesce("state_r", \'\')'),
    ("same state, a city missing", f'{_BOTH} AND "state_l" = "state_r" AND ("city_l" IS NULL OR "city_r" IS NULL)'),
    (
        "same country, nothing against it",
        f'{_BOTH} AND ("state_l" IS NULL OR "state_r" IS NULL OR "state_l" = "state_r") '
        'AND ("city_l" IS NULL OR "city_r" IS NULL OR lower("city_l") = lower("city_r"))',
    ),
    ("same state, another city", f'{_BOTH} AND "state_l" = "state_r"'),
    ("same country, elsewhere", _BOTH),
)
# what two names must share to be compared. Each block holds what a level of the model needs to reach a review: only equal names and
# names one letter apart are ever likely without a common place (a slip leaves the first or the last half whole, of a known length),
# the rest needs one state or city. So a block stays small, however many companies there are.
_LONG = "length(l.compact) >= 8 AND length(r.compact) >= 8 AND "
_NAME_BLOCKS = (
    "l.compact = r.compact",
    "l.sorted_words = r.sorted_words AND l.country = r.country AND l.state = r.state",
    "l.sorted_words = r.sorted_words AND l.country = r.country AND l.city = r.city",
)
_SLIP_BLOCKS = tuple(
    _LONG + f"length(l.compact) + {more} = length(r.compact) AND "
    f"{side}(l.compact, (length(l.compact) + {more - 1}) // 2) = {side}(r.compact, (length(r.compact) - 1) // 2)"
    for more in (0, 1, -1)
    for side in ("left", "right")
)
_PLACE_BLOCKS = tuple(
    f"{name} AND l.country = r.country AND l.{place} = r.{place}"
    for name in (
        "substr(l.compact, 1, 6) = substr(r.compact, 1, 6)",
        "right(l.compact, 6) = right(r.compact, 6) AND substr(l.compact, 1, 1) = substr(r.compact, 1, 1)",
    )
    for place in ("state", "city")
)
BLOCKS = tuple(f"l.hard_key = r.hard_key AND {block}" for block in (*_NAME_BLOCKS, *_SLIP_BLOCKS, *_PLACE_BLOCKS))


def settings(link_type: str = "link_only") -> dict[str, Any]:
    """Splink settings without estimated numbers; only profiles with the same hard key are ever compared."""

    def comparison(name: str, null: str, levels: Iterable[tuple[str, str]]) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [{"sql_condition": null, "label_for_charts": "missing", "is_null_level": True}]
        rows += [{"sql_condition": sql, "label_for_charts": label} for label, sql in levels]
        rows.append({"sql_condition": "ELSE", "label_for_charts": "anything else"})
        return {"output_column_name": name, "comparison_description": name, "comparison_levels": rows}

    return {
        "link_type": link_type,
        "unique_id_column_name": "profile",
        "probability_two_random_records_match": PRIOR,
        "comparisons": [
            comparison("name", '"compact_l" IS NULL OR "compact_r" IS NULL', NAME_LEVELS),
            comparison("place", '"country_l" IS NULL OR "country_r" IS NULL', PLACE_LEVELS),
        ],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": block} for block in BLOCKS],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 0.0001,
        "max_iterations": 25,
        "linker_uid": "companies",
    }


def train(labels: Sequence[tuple[str, str]], population: Sequence[Sequence[str]], common: frozenset[str]) -> dict[str, Any]:
    """Splink settings with estimated m and u. `labels`: (cluster, name); `population`: (name, country, state, city)."""
    import duckdb
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    told = settings("dedupe_only")
    crowd = sorted({p for p in (profile_of(*row) for row in population) if p})
    known = pd.DataFrame({"profile": [profile_of(n, None, None, None) for _, n in labels], "cluster": [c for c, _ in labels]})
    known = known.dropna()
    if len(crowd) < 1000 or known["cluster"].duplicated().sum() < 30:
        raise Permanent("too few to train on: 1,000 companies and 30 repeated labels are the least")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = DuckDBAPI(duckdb.connect(":memory:"))
        linker = Linker(api.register(frame(crowd, common), dataset_display_name="crowd"), told, log_level=None, validate_settings=False)
        linker.training.estimate_u_using_random_sampling(max_pairs=6e7, seed=1, min_count_per_level=None)
        u = _levels(linker.misc.save_model_to_json(), "u_probability")
        api = DuckDBAPI(duckdb.connect(":memory:"))
        rows = frame(list(known["profile"]), common)
        rows["cluster"] = known["cluster"].to_numpy()
        rows["row"] = range(len(rows))
        told = told | {"unique_id_column_name": "row"}
        linker = Linker(api.register(rows, dataset_display_name="labels"), told, log_level=None, validate_settings=False)
        linker.training.estimate_m_from_label_column("cluster")
        m = _levels(linker.misc.save_model_to_json(), "m_probability")
    m["place"] = _place_m(u["place"])
    out = settings()
    for comparison in out["comparisons"]:
        name = comparison["output_column_name"]
        scored = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for level, m_level, u_level in zip(scored, _whole(m[name]), _whole(u[name]), strict=True):
            told_by_hand = SCARCE.get(level["label_for_charts"])
            level["m_probability"], level["u_probability"] = told_by_hand or (m_level, u_level)
    return out


def _place_m(u: Sequence[float]) -> list[float]:
    """m of the place levels. Where a city or state is missing, the weight is that of what both tell: the state, the country.

    The sample rarely lacks a city, so its own share of such pairs says nothing about records that do.
    """
    city, state_only, country_only, other_city, other_state, _ = u
    same_state = (PLACE_M["city"] + PLACE_M["other city"]) / (city + state_only + other_city)
    same_country = (1 - PLACE_M["other country"]) / (city + state_only + country_only + other_city + other_state)
    return [PLACE_M["city"], state_only * same_state, country_only * same_country, PLACE_M["other city"], PLACE_M["other state"],
            PLACE_M["other country"]]  # fmt: skip


def _levels(model: dict[str, Any], number: str) -> dict[str, list[float]]:
    """A level that was not seen is given the least weight that the sample allows, not zero: unseen is not impossible."""
    return {
        c["output_column_name"]: [float(v) if isinstance(v := level.get(number), int | float) else 0.0
                                  for level in c["comparison_levels"] if not level.get("is_null_level")]
        for c in model["comparisons"]
    }  # fmt: skip


def _whole(values: Sequence[float], least: float = 1e-7) -> list[float]:
    lifted = [max(v, least) for v in values]
    return [float(f"{v / sum(lifted):.6g}") for v in lifted]


def _read(spec: str) -> list[tuple[str, ...]]:
    path, *columns = spec.split(":")
    with Path(path).open(newline="", encoding="utf-8", errors="replace") as handle:
        return [tuple(row.get(c) or "" for c in columns) for row in csv.DictReader(handle)]


def common_words(names: Iterable[str], least_share: float = 0.002) -> list[str]:
    """Words borne by at least that share of distinct names: they tell little."""
    cores = {p.split(SEP)[0] for p in (profile_of(n, None, None, None) for n in names) if p}
    counts = Counter(w for core in cores for w in set(core.split()))
    return sorted(w for w, n in counts.items() if n >= least_share * len(cores) and len(w) > 1)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the model file; prints nothing, the diff is the report."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--labels", action="append", required=True, metavar="CSV:CLUSTER:NAME")
    ask.add_argument("--population", action="append", required=True, metavar="CSV:NAME:COUNTRY:STATE:CITY")
    ask.add_argument("--out", type=Path, default=MODEL)
    told = ask.parse_args(argv)
    # the other half of the clusters is left for accuracy.py
    labels = [(c, n) for c, n in sorted({(c, n.upper()) for spec in told.labels for c, n in _read(spec)}) if int(md5(c)[:8], 16) % 2 == 0]
    population = [(*row, "", "", "")[:4] for spec in told.population for row in _read(spec)]
    common = common_words(row[0] for row in population)
    splink = train(labels, population, frozenset(common))
    version = "companies-" + md5(json.dumps(splink, sort_keys=True), json.dumps(common))[:8]
    body = {
        "version": version, "link_from": LINK_FROM, "review_from": REVIEW_FROM, "recycled_after_days": RECYCLED_AFTER_DAYS,
        "trained_on": {"labels": len(labels), "population": len(population)}, "common_words": common, "splink": splink,
    }  # fmt: skip
    told.out.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
