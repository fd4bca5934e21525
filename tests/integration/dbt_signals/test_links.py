"""Which link of a mention stands: the one made first; of a person's employer, the newest. What was so on an earlier day stays so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from support.lake_rows import Days, company_id
from support.signals_world import ago, build, rows, settings_in

from signals_pipeline.io.lake import Lake
from signals_pipeline.settings import Settings

SELECT = ["+company_links", "+int_product_users", "+int_accounts"]


def relinked(d: Days, day: date, mention_id: str, company: str) -> None:
    d.add("company_links", day, {"mention_id": mention_id, "company_id": company_id(company), "method": "domain", "probability": 1.0})


def test_a_changed_employer_stands_for_readers_of_today_and_never_for_the_days_before(tmp_path: Path) -> None:
    d, settings = Days(), settings_in(tmp_path)
    job = d.mention(ago(9), "product_db__users", "u1", "Acme", role="employer")
    filing = d.mention(ago(9), "sec_edgar__filings", "f1", "Acme")
    d.add("product_db__users", ago(9), {"record_key": "u1", "user_id": "u1", "plan_type": "team", "known_at": None})
    for mention in (job, filing):
        relinked(d, ago(5), mention, "Bolt")
    d.write(Lake(settings.lake_url))
    build(settings, ago(7), ago(7), SELECT, checked=False)
    assert companies(settings) == {job: company_id("Acme"), filing: company_id("Acme")}
    build(settings, ago(0), ago(0), SELECT, checked=True)
    assert companies(settings) == {job: company_id("Bolt"), filing: company_id("Acme")}
    (user,) = rows(settings, "select company_id, linked_dt from signals.int_product_users")
    assert (user["company_id"], user["linked_dt"]) == (company_id("Acme"), ago(9))
    tracked = {r["company_id"]: r["first_dt"] for r in rows(settings, "select company_id, first_dt from signals.int_accounts")}
    assert tracked == {company_id("Acme"): ago(9), company_id("Bolt"): ago(5)}


def companies(settings: Settings) -> dict[str, str]:
    return {r["mention_id"]: r["company_id"] for r in rows(settings, "select mention_id, company_id from identity.company_links")}
