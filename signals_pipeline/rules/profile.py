"""config/profile.yml: our product, ideal customer, thresholds and budgets. Unknown keys are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.names import nearest


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(_Strict):
    name: str
    one_line: str
    own_domains: list[str]
    competitors: list[str] = Field(description="domains of competitors")
    topics: list[str]
    activation_event: str = Field(description="product event whose first completion is feature_activation")
    volume_event: str = Field(description="product event counted for usage_spike")
    trial_plan: str


class IdealCustomer(_Strict):
    min_employees: int = Field(ge=0)
    max_employees: int
    countries: list[str] = Field(description="ISO 3166 alpha-2")
    suppressed_industries: list[str] = []


class Intent(_Strict):
    product: str = Field(description="6sense product whose scores count")
    segment_ids: list[str]
    min_score: float
    stages: list[str]
    fits: list[str]
    quiet_days: int = 30
    scores_per_day: int = Field(default=1000, ge=0, description="accounts whose score is asked for a day; the stalest first")


class Usage(_Strict):
    spike_ratio: float = Field(gt=1)
    spike_prior_weeks: float = Field(gt=0, description="weeks of population mean that shrink the trailing mean")
    trailing_weeks: int = Field(ge=1)
    drop_off_days: int = Field(ge=1)
    overlap_days: int = Field(ge=0, description="late rows are picked up this far back")


class Readiness(_Strict):
    from_score: dict[str, float] = {"Target": 0, "Awareness": 10, "Consideration": 30, "Decision": 50, "Purchase": 70}
    hand_raisers: list[str] = Field(
        default=["intent_surge", "product_signup", "feature_activation", "usage_spike"],
        description="signal types by which a company shows that it is looking",
    )
    without_hand_raiser: str = Field(default="Consideration", description="the highest stage that news alone can reach")


class Scoring(_Strict):
    threshold: float = Field(ge=0, le=100, description="composite from which an account is hot")
    weights: dict[str, float] = Field(description="signal family or type → weight in the composite, 0..1")
    inhibitors: dict[str, float] = Field(description="inhibitor → points taken off")
    live_half_lives: float = Field(default=4.0, gt=0, description="a signal counts for this many half-lives")
    readiness: Readiness = Readiness()


class Enrichment(_Strict):
    credits_per_day: int = Field(ge=0)
    credits_per_month: int = Field(ge=0)
    usd_per_credit: float = Field(ge=0)
    contacts_per_account: int = Field(ge=1, le=10)
    levels: list[str]
    functions: list[str]
    email_grades: list[str]
    cache_days: int = 90
    miss_cache_days: int = 30


class Priorities(_Strict):
    daily_cap: int = Field(ge=0)
    holdout_share: float = Field(ge=0, lt=1)
    probe_share: float = Field(ge=0, lt=1)
    salt: str
    cool_down_days: int = Field(ge=0)
    min_strength: float = Field(ge=0, le=100)
    min_score: float = Field(ge=0, le=100)
    blocked_countries: list[str] = []


class Activation(_Strict):
    max_plan_age_hours: float = Field(gt=0)
    max_rows: int = Field(ge=0)
    max_cost_usd: float = Field(ge=0)
    max_contacts_per_company: int = Field(default=3, ge=1, description="enrolments of one company in one plan")
    usd_per_effect: dict[str, float] = Field(default={}, description="destination.object → expected cost of one effect")
    sequences: dict[str, str] = Field(description="signal type → Outreach sequence name")


class Privacy(_Strict):
    retention_days: int = Field(ge=1)


class Profile(_Strict):
    """The whole profile; every threshold of the project that is not a seed row."""

    tenant: str
    zone: str
    product: Product
    ideal_customer: IdealCustomer
    intent: Intent
    usage: Usage
    scoring: Scoring
    enrichment: Enrichment
    priorities: Priorities
    activation: Activation
    privacy: Privacy


def load_profile(path: Path) -> Profile:
    """Read and check the profile. Raises Permanent with the key, and the nearest known one when it is unknown."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Permanent(f"no profile at {path}; set SIGNALS_PROFILE_PATH or restore config/profile.yml") from None
    except yaml.YAMLError as bad:
        raise Permanent(f"{path} is not YAML: {bad}") from None
    if not isinstance(raw, dict):
        raise Permanent(f"{path}: expected keys and values")
    try:
        return Profile.model_validate(raw)
    except ValidationError as bad:
        raise Permanent("; ".join(_explain(path, e) for e in bad.errors())) from None


def _explain(path: Path, error: Any) -> str:
    place = ".".join(str(p) for p in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{path.name}: {place}: {error['msg']}"
    model: type[BaseModel] = Profile
    for part in error["loc"][:-1]:
        kind = model.model_fields[str(part)].annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            model = kind
    return f"{path.name}: unknown key {place}{nearest(str(error['loc'][-1]), model.model_fields)}"
