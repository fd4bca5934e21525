"""The one resource of every asset: the runtime, opened when a step first asks for it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings


class House(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the `Runtime` from the environment; a caller that already has one hands it over with `House.around`."""

    replay: str = ""
    _runtime: Runtime | None = PrivateAttr(default=None)

    @classmethod
    def around(cls, runtime: Runtime) -> House:
        house = cls(replay=str(runtime.replay or ""))
        house._runtime = runtime
        return house

    @property
    def runtime(self) -> Runtime:
        if self._runtime is None:
            self._runtime = build_runtime(load_settings(), replay=Path(self.replay) if self.replay else None)
        return self._runtime
