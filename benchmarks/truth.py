"""How right identity is: pairwise precision and recall of companies and people against the hidden truth of the home's sandbox.

sandbox.db (never served), truth/*.jsonl + lake (mentions, people, links, merges) of a home that ran → numbers. Records whose truth the
sandbox does not know (funds, companies of rumours) are left out and counted. Run alone: python -m benchmarks.truth --home .signals
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sandbox.market.companies import company
from sandbox.market.people import headcount, person
from signals_pipeline.identity.accuracy import pairwise
from signals_pipeline.identity.evidence import KEYS, evidence
from signals_pipeline.identity.span import Timeline
from signals_pipeline.io.lake import Lake

Record = tuple[str, str]  # dataset, record key
VENDOR_TABLES = {
    "salesforce__accounts": 'select "Id", w_company from "Account"', "salesforce__contacts": 'select "Id", w_company from "Contact"',
    "salesforce__leads": 'select "Id", w_company from "Lead"', "outreach__prospects": "select id, w_company from o_prospect",
    "product_db__users": "select user_id, company from w_user", "sec_edgar__filings": "select accession, w_company from filing",
}  # fmt: skip


class Truth:
    """What the sandbox of a home knows: the company of a record, and which person of a company a record is about."""

    def __init__(self, home: Path) -> None:
        with closing(sqlite3.connect(f"file:{home / 'sandbox' / 'sandbox.db'}?mode=ro", uri=True)) as store:
            self.companies: dict[Record, str] = {
                (dataset, str(key)): str(c) for dataset, sql in VENDOR_TABLES.items() for key, c in store.execute(sql) if c is not None
            }
            self.by_domain = {domain: str(i) for i, domain in store.execute("select id, domain from w_company")}
            self.by_email = dict(store.execute("select email, person from w_email"))
            self.seed = int(json.loads(store.execute("select value from kv where key = 'world'").fetchone()[0])["seed"])
        told = [json.loads(line) for line in (home / "sandbox" / "truth" / "file_row.jsonl").read_text().splitlines()]
        self.rows = {row["key"]: self.by_domain[row["company"]] for row in told if row["company"] in self.by_domain}
        told = [json.loads(line) for line in (home / "sandbox" / "truth" / "company.jsonl").read_text().splitlines()]
        self.by_cik = {row["cik"]: self.by_domain[row["domain"]] for row in told if row["cik"]}
        self._chairs: dict[str, dict[str, str]] = {}

    def company_of(self, dataset: str, record_key: str, role: str, domain: str | None) -> str | None:
        """The company that a mention speaks of, as an index in text; None when the sandbox does not tell."""
        if role == "target":
            return None
        if dataset == "sec_edgar__companies":
            return self.by_cik.get(record_key)
        if dataset.startswith("sixsense__"):
            return self.by_domain.get(domain or "")
        return self.companies.get((dataset, record_key))

    def person_of(self, company_index: str, email: str | None, linkedin: str | None, first: str | None, last: str | None) -> str | None:
        """The chair of a company that a record is about, by address, profile, or a name that only one of its people bears."""
        chairs = self._chairs.setdefault(company_index, {}) or self._learn(company_index)
        if email and email in self.by_email:
            return str(self.by_email[email])
        for key in (email, linkedin, f"{first} {last}" if first else last):
            if key and (found := chairs.get(key)):
                return found
        return None

    def _learn(self, company_index: str) -> dict[str, str]:
        i = int(company_index)
        people = [person(self.seed, i, k) for k in range(headcount(company(self.seed, i)))]
        names = Counter(key for p in people for key in (p.email, p.linkedin, p.full_name, p.last))
        chairs = self._chairs[company_index]
        chairs |= {key: p.people_id for p in people for key in (p.email, p.linkedin, p.full_name, p.last) if names[key] == 1}
        return chairs


def file_rows(lake: Lake, truth: Truth) -> dict[Record, str]:
    """The company of each row of a dropped file, found by the vendor's own key in the row."""
    found: dict[Record, str] = {}
    for name in ("funding", "executive_change", "expansion", "job_posting", "technology"):
        rows = lake.read(f"file_drop__{name}", columns=["record_key", "payload"])
        for key, payload in zip(rows["record_key"].to_pylist(), rows["payload"].to_pylist(), strict=True):
            said = json.loads(payload)
            for column in ("vendor_id", "job_id", "source_url"):
                if (true := truth.rows.get(said.get(column) or "")) is not None:
                    found[f"file_drop__{name}", key] = true
                    break
    return found


def measure(home: Path) -> dict[str, Any]:
    """Numbers over all records whose truth is known, merges folded: companies (and of them those that name no key), people."""
    lake, truth = Lake(str(home / "lake")), Truth(home)
    truth.companies |= file_rows(lake, truth)
    timeline = Timeline(lake.read("company_merges"))
    timeline.to(date.max)
    links = lake.read("company_links", columns=["mention_id", "company_id"])  # oldest first: the newest stands
    said = {m: timeline.root(c) for m, c in zip(links["mention_id"].to_pylist(), links["company_id"].to_pylist(), strict=True)}
    mentions = {m["mention_id"]: m for m in lake.read("mentions").to_pylist()}
    true = {m: c for m, row in mentions.items() if (c := _company(truth, row)) is not None and m in said}
    spoken = evidence(lake.read("mentions")).drop_duplicates("record_id", keep="last")
    keyless = set(spoken.loc[spoken[list(KEYS)].isna().all(axis=1), "record_id"]) & true.keys()
    people = lake.read("people").to_pylist()
    newest = lake.read("person_links", columns=["person_record_id", "person_id"])
    linked = dict(zip(newest["person_record_id"].to_pylist(), newest["person_id"].to_pylist(), strict=True))
    known = {p["person_record_id"]: who for p in people if (c := true.get(p["mention_id"])) and (who := _person(truth, c, p))}
    return {
        "companies": pairwise([(c, said[m]) for m, c in true.items()]) | {"mentions": len(true), "truth_unknown": len(said) - len(true)},
        "without_any_key": by_name_alone(true, said, keyless),
        "people": pairwise([(who, linked[r]) for r, who in known.items() if r in linked])
        | {"records": len(known), "truth_unknown": len({p["person_record_id"] for p in people}) - len(known)},
    }


def by_name_alone(true: Mapping[str, str], said: Mapping[str, str], keyless: Iterable[str]) -> dict[str, int]:
    """Mentions without a key: joined to the company most of whose other mentions are its own, to another one, or left alone although
    (or because) there is (not) anything of its company to join."""
    keyless = set(keyless)
    of_said: dict[str, Counter[str]] = defaultdict(Counter)
    for mention, c in true.items():
        of_said[said[mention]][c] += 1
    anchors = {true[m] for m in true.keys() - keyless}
    out = Counter(dict.fromkeys(("right", "wrong", "alone_though_known", "alone_and_unknown"), 0))
    for mention in keyless:
        others = of_said[said[mention]] - Counter([true[mention]])
        if not others:
            out["alone_though_known" if true[mention] in anchors else "alone_and_unknown"] += 1
        else:
            out["right" if others.most_common(1)[0][0] == true[mention] else "wrong"] += 1
    return dict(out)


def _company(truth: Truth, row: Mapping[str, Any]) -> str | None:
    return truth.company_of(row["dataset"], row["record_key"], row["role"], row["domain"])


def _person(truth: Truth, company_index: str, row: Mapping[str, Any]) -> str | None:
    first, last = row["first_name"], row["last_name"]
    if row["full_name"] and not last:
        first, _, last = row["full_name"].rpartition(" ")
    return truth.person_of(company_index, row["email"], row["linkedin_url"], first, last)


if __name__ == "__main__":
    ask = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    ask.add_argument("--home", type=Path, default=Path(".signals"))
    print(json.dumps({"at": datetime.now(UTC).date().isoformat()} | measure(ask.parse_args().home), indent=1))
