"""What every stage is handed: settings, rules, lake, ops store, warehouse. Built once, swapped in tests.

settings → `build_runtime` → `Runtime` → stages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from signals_pipeline.io.lake import Lake
from signals_pipeline.io.ops import open_ops
from signals_pipeline.io.warehouse import Warehouse
from signals_pipeline.rules.profile import Profile, load_profile
from signals_pipeline.rules.windows import Window, closing_dt, window_of
from signals_pipeline.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """The hands of a stage. `replay` is the folder that stands in for the vendors, or None."""

    settings: Settings
    profile: Profile
    lake: Lake
    ops: sa.Engine
    warehouse: Warehouse
    replay: Path | None = None

    def now(self) -> datetime:
        """Aware UTC, from the one clock."""
        return self.settings.clock.now()

    def stamp(self) -> datetime:
        """Naive UTC, as the lake and the ops store keep instants."""
        return self.now().astimezone(UTC).replace(tzinfo=None)

    def window(self, dt: date) -> Window:
        return window_of(dt, self.profile.zone)

    def today(self) -> date:
        """The newest closed day: what a run started now is as of."""
        return closing_dt(self.now(), self.profile.zone)


def build_runtime(settings: Settings, *, replay: Path | None = None, profile: Profile | None = None) -> Runtime:
    """Open everything; creates folders and files that are not there. Raises Permanent for a bad profile."""
    settings.home.mkdir(parents=True, exist_ok=True)
    lake = Lake(settings.lake_url)
    lake.declare()
    return Runtime(
        settings=settings,
        profile=profile or load_profile(settings.profile_path),
        lake=lake,
        ops=open_ops(settings.ops_database_url),
        warehouse=Warehouse(settings.warehouse_url, lake_url=settings.lake_url),
        replay=replay,
    )
