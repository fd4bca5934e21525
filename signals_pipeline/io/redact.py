"""Takes secrets and addresses out of text before it reaches a log line, an error or a report.

text or URL → `Redactor` → the same with `***` and `<email>`.
Does not belong here: deciding what is logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from pydantic import SecretStr

from signals_pipeline.settings import Settings

HIDDEN = "***"
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SCHEME = re.compile(r"\b(Bearer|Token|Basic)\s+[A-Za-z0-9._~+/=!-]{6,}", re.IGNORECASE)
_PAIR = re.compile(
    r"""(?i)(["']?\b(?:access_token|refresh_token|client_secret|api[_-]?key|password|passwd|secret|assertion|token|sig|signature)\b["']?\s*[=:]\s*["']?)"""
    r"""[^\s"'&,;}]+"""
)
_SECRET_NAME = re.compile(r"(?i)token|secret|key$|^key|passw|assertion|^sig$|signature|^code$|^auth")
_SLACK = re.compile(r"(/services/)[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+|xox[a-z]-[A-Za-z0-9-]+")


def redact_url(url: str) -> str:
    """A URL without user info, secret parameters, addresses and webhook paths; still tells which call it was."""
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    query = "&".join(
        f"{name}={HIDDEN if _SECRET_NAME.search(name) else quote(_EMAIL.sub('<email>', unquote(value)), safe='<>,:./ ')}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    path = _SLACK.sub(lambda m: f"{m.group(1) or ''}{HIDDEN}", _EMAIL.sub("<email>", parts.path))
    return urlunsplit((parts.scheme, host, path, query, ""))


def redact_text(text: str) -> str:
    """Free text without credentials in the usual spellings, and without e-mail addresses."""
    text = _SCHEME.sub(lambda m: f"{m.group(1)} {HIDDEN}", text)
    text = _PAIR.sub(lambda m: f"{m.group(1)}{HIDDEN}", text)
    text = _SLACK.sub(lambda m: f"{m.group(1) or ''}{HIDDEN}", text)
    return _EMAIL.sub("<email>", text)


@dataclass(frozen=True)
class Redactor:
    """Knows the values that are secret here, so that they are found in any spelling of the text around them."""

    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Redactor:
        values = [v.get_secret_value() for f in type(settings).model_fields if isinstance(v := getattr(settings, f), SecretStr)]
        return cls(tuple(sorted((v for v in values if len(v) >= 6), key=len, reverse=True)))

    def __call__(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
        return redact_text(text)

    def url(self, url: str) -> str:
        return self(redact_url(url))
