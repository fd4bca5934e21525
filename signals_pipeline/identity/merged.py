"""Which id a merged company goes by: for readers of `company_merges` who do not ask the warehouse.

lake `company_merges` up to a day → `merged_ids` → company id → the id it stands for. Deciding merges: `companies.py`.
"""

from __future__ import annotations

from datetime import date

from signals_pipeline.io.lake import Lake


def merged_ids(lake: Lake, until: date) -> dict[str, str]:
    """Merged company id → the id it was merged into in the end, as of a day; undone merges are out."""
    into: dict[str, str] = {}
    for row in lake.read("company_merges", until=until).to_pylist():
        if row["op"] == "merge":
            into[row["company_id"]] = row["into_company_id"]
        else:
            into.pop(row["company_id"], None)

    def end(company: str) -> str:
        seen = {company}
        while (following := into.get(company)) and following not in seen:
            seen.add(following)
            company = following
        return company

    return {company: end(company) for company in into}
