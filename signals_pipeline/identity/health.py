"""Numbers that tell when linking went wrong: too large a cluster, too many merges, domains that several companies carry.

`facts.mentions`, `company_links`, `company_merges`, `link_reviews` as of a day → `measure`. The gate `identity_sane` judges them.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from signals_pipeline.identity import reading
from signals_pipeline.identity.evidence import not_a_company
from signals_pipeline.identity.span import Timeline
from signals_pipeline.runtime import Runtime


def measure(rt: Runtime, dt: date) -> dict[str, int]:
    """largest_cluster: spellings of names that one company bears (many = too much was joined) · shared_domains: domains with more
    than one company · merges_today, reviews: rows of the day · companies: how many there are."""
    links = reading.rows(rt, "company_links", columns=["mention_id", "company_id"], until=dt)
    mentions = reading.rows(rt, "mentions", columns=["mention_id", "name", "domain"], until=dt)
    merges = reading.rows(rt, "company_merges", until=dt)
    timeline = Timeline(merges)
    timeline.to(dt)
    company = links.to_pandas().sort_values("dt", kind="stable").drop_duplicates("mention_id", keep="last")
    company["company_id"] = company["company_id"].map({c: timeline.root(c) for c in company["company_id"].unique()})
    said = mentions.to_pandas().drop(columns="dt").merge(company[["mention_id", "company_id"]], on="mention_id")
    said["name"] = said["name"].str.lower().str.replace(r"[^\w]+", " ", regex=True).str.strip()
    names = said.dropna(subset=["name"]).groupby("company_id")["name"].nunique()
    carried = said[said["domain"].notna() & ~said["domain"].str.lower().isin(not_a_company())]
    sharing = carried.groupby("domain")["company_id"].nunique()
    day = pa.scalar(dt, pa.date32())
    today = merges.filter(pc.and_(pc.equal(merges["dt"], day), pc.equal(merges["op"], "merge")))
    asked = reading.rows(rt, "link_reviews", columns=["left_id"], until=dt)
    return {
        "companies": int(company["company_id"].nunique()),
        "largest_cluster": int(names.max()) if len(names) else 0,
        "merges_today": today.num_rows,
        "shared_domains": int((sharing > 1).sum()),
        "reviews": asked.filter(pc.equal(asked["dt"], day)).num_rows,
    }
