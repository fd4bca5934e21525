"""Keys: how records, people and companies are named without naming them.

Every id is md5 over coalesced text, parts joined by a unit separator; personal identifiers are keyed (HMAC-SHA256).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from functools import cache

import tldextract

_SEPARATOR = "\x1f"
_NOT_IN_ADDRESS = re.compile(r"[\s,;<>]")


def md5(*parts: object) -> str:
    """32 hex digits over the parts; None counts as the empty text. Never pass floats."""
    text = _SEPARATOR.join("" if p is None else str(p) for p in parts)
    return hashlib.md5(text.encode()).hexdigest()


def as_uuid(hexdigest: str) -> str:
    """An md5 shown as a uuid."""
    return str(uuid.UUID(hexdigest))


def normal_email(address: str | None) -> str | None:
    """Trimmed and lower-cased; None when it is not one `local@domain` address."""
    text = (address or "").strip().lower()
    local, at, host = text.partition("@")
    return text if at and local and "." in host and not _NOT_IN_ADDRESS.search(text) else None


def email_key(address: str | None, hash_key: str) -> str | None:
    """Keyed hash (32 hex) of a normalised address; the only form in which an address leaves raw and `people`."""
    normal = normal_email(address)
    return hmac.digest(hash_key.encode(), normal.encode(), "sha256").hex()[:32] if normal else None


@cache
def _extract() -> tldextract.TLDExtract:
    # the list inside the package only: never a download; private suffixes on, so github.io is no company's domain;
    # the reserved top-level names (RFC 2606) count as suffixes, so that acme.example is a company like any other
    return tldextract.TLDExtract(
        suffix_list_urls=(),
        cache_dir=None,
        include_psl_private_domains=True,
        extra_suffixes=("example", "test", "invalid"),
    )


def domain_of(text: str | None) -> str | None:
    """The registrable domain of a URL, host or e-mail address, lower case; None when there is none."""
    if not text or not text.strip():
        return None
    return _registrable(text.strip().lower().rsplit("@", 1)[-1])


@cache  # by host: a cache by address would hold every address of a large CRM
def _registrable(host: str) -> str | None:
    return _extract()(host).top_domain_under_public_suffix or None
