"""The only reader of the environment, and the only clock.

environment (+ an env file that the sandbox writes) → `Settings` → everything else.
Does not belong here: business rules (`rules/`, `config/profile.yml`, dbt seeds).
Look at what is set: `signals doctor`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.names import nearest

REPOSITORY = Path(__file__).resolve().parents[1]
PREFIX = "SIGNALS_"
Mode = Literal["dry_run", "manual", "auto"]
CREDENTIALS = frozenset({"salesforce_client_id", "outreach_client_id", "sixsense_scoring_token", "sixsense_people_token", "product_db_url"})


class Settings(BaseSettings):
    """Every setting, one field each. Environment names are `SIGNALS_<FIELD>`; unknown ones are refused by name.

    Vendor base URLs have the vendor's public default; a vendor is on when its credentials are set.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # where things stand
    home: Path = Field(default=Path(".signals"), description="folder of everything this project writes")
    lake_url: str = Field(default="", description="folder or s3:// URL of the lake; default <home>/lake")
    warehouse_url: str = Field(default="", description="duckdb path or postgresql:// URL; default <home>/warehouse.duckdb")
    ops_database_url: str = Field(default="", description="SQLAlchemy URL; default SQLite in <home>/ops.db")
    profile_path: Path = Field(default=REPOSITORY / "config" / "profile.yml")
    # how it behaves
    mode: Mode = Field(default="dry_run", description="dry_run | manual | auto; the sandbox sets auto")
    hash_key: SecretStr = Field(default=SecretStr("change-me"), description="keys the hashes of personal identifiers")
    now: datetime | None = Field(default=None, description="freeze the clock (tests, replay)")
    clock_url: str = Field(default="", description="URL that tells the time; the sandbox sets it")
    speed: float = Field(default=1.0, gt=0, description="how fast vendor time runs against wall time; the sandbox sets it")
    http_timeout_s: float = Field(default=30.0, gt=0)
    contact: str = Field(default="", description="organisation and e-mail for the User-Agent that EDGAR asks for")
    # vendors
    salesforce_url: str = ""
    salesforce_client_id: str = ""
    salesforce_client_secret: SecretStr = SecretStr("")
    salesforce_version: str = "v68.0"
    outreach_url: str = "https://api.outreach.io"
    outreach_client_id: str = ""
    outreach_client_secret: SecretStr = SecretStr("")
    outreach_redirect_uri: str = "https://signals.example.com/oauth/callback"
    outreach_refresh_token: SecretStr = SecretStr("")
    sixsense_scribe_url: str = "https://scribe.6sense.com"
    sixsense_api_url: str = "https://api.6sense.com"
    sixsense_scoring_token: SecretStr = SecretStr("")
    sixsense_segments_token: SecretStr = SecretStr("")
    sixsense_people_token: SecretStr = SecretStr("")
    product_db_url: SecretStr = Field(default=SecretStr(""), description="postgresql:// or redshift URL of the product database")
    edgar_www_url: str = "https://www.sec.gov"
    edgar_data_url: str = "https://data.sec.gov"
    file_drop: Path = Field(default=Path(), description="folder of dropped files; default <home>/drop")
    slack_webhook_url: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api"
    slack_bot_token: SecretStr = SecretStr("")
    slack_channel: str = "#buying-signals"
    anthropic_api_key: SecretStr = SecretStr("")

    def model_post_init(self, context: Any) -> None:
        home = self.home.expanduser().resolve()
        set_ = object.__setattr__
        set_(self, "home", home)
        set_(self, "lake_url", self.lake_url or str(home / "lake"))
        set_(self, "warehouse_url", self.warehouse_url or str(home / "warehouse.duckdb"))
        set_(self, "ops_database_url", self.ops_database_url or f"sqlite:///{home / 'ops.db'}")
        set_(self, "file_drop", home / "drop" if self.file_drop == Path() else self.file_drop.expanduser().resolve())

    @property
    def engine(self) -> Literal["duckdb", "postgres"]:
        return "postgres" if self.warehouse_url.startswith(("postgresql://", "postgresql+")) else "duckdb"

    def secret(self, field: str) -> str:
        """The plain value of a field, secret or not. Never log it."""
        value = getattr(self, field)
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    @property
    def clock(self) -> Clock:
        return Clock(frozen=self.now, url=self.clock_url, speed=self.speed)


@dataclass(frozen=True)
class Clock:
    """Tells the time, always aware UTC. `speed` is vendor seconds per wall second (1 outside the sandbox)."""

    frozen: datetime | None = None
    url: str = ""
    speed: float = 1.0

    def now(self) -> datetime:
        if self.frozen is not None:
            return self.frozen.astimezone(UTC) if self.frozen.tzinfo else self.frozen.replace(tzinfo=UTC)
        if self.url:
            if not self.url.startswith(("http://127.0.0.1", "http://localhost")):
                raise Permanent(f"SIGNALS_CLOCK_URL must stay on this machine, not {self.url}")
            with urlopen(self.url, timeout=10) as answer:  # noqa: S310 - local, checked above
                told = json.load(answer)["now"]
            return datetime.fromisoformat(told).astimezone(UTC)
        return datetime.now(UTC)


def read_env_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines; blank lines and `#` comments are skipped.

    Raises Permanent with file and line when a line is neither.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise Permanent(f"{path}:{number}: expected NAME=value")
        found[name.strip()] = value.strip().strip("\"'")
    return found


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment, then from `<home>/sandbox.env` where it stands, then overrides.

    With a vendor credential in the environment the sandbox's file is not read: real and simulated never mix. Raises Permanent for an unknown or malformed setting.
    """
    env = dict(os.environ if environ is None else environ)
    given = {k.removeprefix(PREFIX).lower(): v for k, v in env.items() if k.startswith(PREFIX)}
    given |= {k: v for k, v in overrides.items() if v is not None}
    for name in given:
        if name not in Settings.model_fields:
            near = nearest(PREFIX + name.upper(), [PREFIX + f.upper() for f in Settings.model_fields])
            raise Permanent(f"unknown setting {PREFIX}{name.upper()}{near}")
    home = Path(str(given.get("home", Settings.model_fields["home"].default))).expanduser()
    boxed = home / "sandbox.env"
    from_box: dict[str, Any] = {}
    if boxed.exists() and not given.keys() & CREDENTIALS:
        from_box = {k.removeprefix(PREFIX).lower(): v for k, v in read_env_file(boxed).items() if k.startswith(PREFIX)}
    try:
        return _Plain(**{**from_box, **given})
    except ValidationError as bad:
        lines = "; ".join(f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in bad.errors())
        raise Permanent(f"settings do not fit: {lines}") from None


class _Plain(Settings):
    """Settings built from given values only: the environment was read, and its names checked, above."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, **_: Any) -> tuple[Any, ...]:  # type: ignore[override]
        return (init_settings,)
