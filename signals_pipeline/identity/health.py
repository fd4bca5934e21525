"""Numbers that tell when linking went wrong: too large a cluster, too many merges, domains that several companies carry.

`company_signatures`, merges and reviews as of a day → `measure` → the report of the stage. The gate `identity_sane` has its own recount.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity.match import SEP


def measure(signatures: pa.Table, merges: pa.Table, reviews: pa.Table, root: Callable[[str], str], dt: date) -> dict[str, int]:
    """largest_cluster: names that one company bears, legal forms and places aside (many = too much was joined) · shared_domains: domains
    with more than one company · merges_today, reviews: rows of the day · companies: how many there are. All tables: rows up to the day;
    `root(company)`: where it points on the day."""
    coded = signatures["company_id"].combine_chunks().dictionary_encode()
    roots = pa.array([root(c) for c in coded.dictionary.to_pylist()], pa.string())
    found = pd.DataFrame({"company": roots.take(coded.indices).to_pandas(), "domain": signatures["domain"].to_pandas()})
    found["name"] = pc.replace_substring_regex(signatures["profile"], f"{SEP}.*", "").to_pandas()
    names = found.dropna(subset=["name"]).drop_duplicates(["company", "name"])["company"].value_counts()
    sharing = found.dropna(subset=["domain"]).drop_duplicates(["company", "domain"])["domain"].value_counts()
    day = pa.scalar(dt, pa.date32())
    today = merges.filter(pc.and_(pc.equal(merges["dt"], day), pc.equal(merges["op"], "merge")))
    return {
        "companies": int(found["company"].nunique()),
        "largest_cluster": int(names.max()) if len(names) else 0,
        "merges_today": today.num_rows,
        "shared_domains": int((sharing > 1).sum()),
        "reviews": reviews.filter(pc.equal(reviews["dt"], day)).num_rows,
    }
