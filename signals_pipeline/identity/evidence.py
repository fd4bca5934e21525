"""What a mention says about who it is: its keys, normalised, and its profile (name and place); together its signature.

facts.mentions → `evidence` → one row per mention and day, in the order in which they became known.
Mentions with one signature cannot be told apart, so they are decided once. Does not belong here: decisions (`companies.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from signals_pipeline.identity.legal_forms import COUNTRIES
from signals_pipeline.identity.match import SEP, profile_of
from signals_pipeline.identity.names import fold
from signals_pipeline.keys import md5
from signals_pipeline.rules.seeds import seed

# strongest first; the first key that a mention has names the method of its link
KEYS = ("cik", "registry_id", "crunchbase_id", "account_id_salesforce", "domain")
EXCLUSIVE = ("cik", "registry_id", "crunchbase_id")  # a company has one of each: two different values are two companies
COLUMNS = ("mention_id", "role", "known_at", "name", "domain", "cik", "registry_id", "account_id_salesforce", "crunchbase_id", "country",
           "state", "city")  # fmt: skip


def evidence(mentions: pa.Table) -> pd.DataFrame:
    """Rows (record_id, role, dt, known_at, KEYS…, name = profile, signature) sorted by (dt, known_at, record_id = mention_id).

    A key is None when it says nothing: free-mail and shared hosts are no domain of a company.
    """
    said = objects(mentions, [*COLUMNS, "dt"])
    nobody = not_a_company()
    columns: dict[str, Callable[[Any], Any]] = {
        "domain": lambda v: None if v.strip().lower() in nobody else v.strip().lower() or None,
        "cik": lambda v: v.strip().lstrip("0") or None,
        "registry_id": lambda v: "".join(v.upper().split()).lstrip("0") or None,
        "crunchbase_id": lambda v: v.strip().lower().removeprefix("/organization/") or None,
        "account_id_salesforce": lambda v: v.strip()[:15] or None,  # 15 and 18 characters name one record
        "country": country_code,
        "state": lambda v: fold(v.strip()).upper() or None,
        "city": lambda v: " ".join(fold(v).replace(".", " ").split()) or None,
    }
    for column, normal in columns.items():
        said[column] = mapped(said[column], normal)
    place = said[["name", "country", "state", "city"]].fillna("")
    spelled = place["name"] + SEP + place["country"] + SEP + place["state"] + SEP + place["city"]
    said["name"] = mapped(spelled, lambda s: profile_of(*(p or None for p in s.split(SEP))))
    signature = said["name"].fillna("")
    for key in KEYS:
        signature = signature + SEP + said[key].fillna("")
    said["signature"] = mapped(signature, md5)
    said = said.rename(columns={"mention_id": "record_id"})
    said = said.sort_values(["dt", "known_at", "record_id"], kind="stable", na_position="last", ignore_index=True)
    return said[["record_id", "role", "dt", "known_at", *KEYS, "name", "signature"]]


def objects(table: pa.Table, columns: Sequence[str]) -> pd.DataFrame:
    """Columns as Python objects; a missing value is None, never NaN."""
    return pd.DataFrame({c: pd.Series(table[c].to_pylist(), dtype=object) for c in columns})


def mapped(column: pd.Series, normal: Callable[[Any], Any]) -> pd.Series:
    """A function over the distinct values of a column of objects; what is missing stays None."""
    known = {v: normal(v) for v in column.unique() if v is not None}
    return pd.Series([known.get(v) for v in column], index=column.index, dtype=object)


@cache
def not_a_company() -> frozenset[str]:
    """Hosts that many share: free mail, site builders, social networks, directories."""
    free_mail, shared = seed("free_mail_domains"), seed("shared_hosts")
    return frozenset(str(r["domain"]).lower() for r in free_mail) | frozenset(str(r["host"]).lower() for r in shared)


@cache
def country_code(text: str) -> str | None:
    """Two letters for a country in any of its usual spellings; an unknown spelling is kept, folded."""
    plain = " ".join(fold(text).replace(".", "").split())
    if not plain:
        return None
    return _country_names().get(plain, plain.upper())


@cache
def _country_names() -> dict[str, str]:
    from babel import Locale

    found = {fold(name): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    found |= {word: code for word, code in COUNTRIES.items() if len(code) == 2}
    return found | _ISO3


_ISO3 = {
    "usa": "US", "gbr": "GB", "can": "CA", "deu": "DE", "fra": "FR", "esp": "ES", "ita": "IT", "nld": "NL", "bel": "BE", "che": "CH",
    "aut": "AT", "irl": "IE", "prt": "PT", "pol": "PL", "cze": "CZ", "swe": "SE", "nor": "NO", "dnk": "DK", "fin": "FI", "hun": "HU",
    "rou": "RO", "grc": "GR", "tur": "TR", "rus": "RU", "ukr": "UA", "mex": "MX", "bra": "BR", "arg": "AR", "chl": "CL", "col": "CO",
    "aus": "AU", "nzl": "NZ", "jpn": "JP", "kor": "KR", "chn": "CN", "hkg": "HK", "twn": "TW", "sgp": "SG", "mys": "MY", "idn": "ID",
    "tha": "TH", "vnm": "VN", "phl": "PH", "ind": "IN", "pak": "PK", "isr": "IL", "are": "AE", "sau": "SA", "egy": "EG", "zaf": "ZA",
    "nga": "NG", "ken": "KE", "lux": "LU", "isl": "IS", "est": "EE", "lva": "LV", "ltu": "LT", "svk": "SK", "svn": "SI", "hrv": "HR",
    "bgr": "BG", "cyp": "CY", "mlt": "MT", "uk": "GB",
}  # fmt: skip
