"""A runtime on a temporary home, and the same home at other times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from source_fakes import NOW, settings_at

from signals_pipeline.runtime import Runtime, build_runtime


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    made = build_runtime(settings_at(tmp_path))
    yield made
    made.ops.dispose()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Callable[..., Runtime]]:
    """The same home at another time, or replaying a folder."""
    made: list[Runtime] = []

    def build(now: str = NOW, replay: Path | None = None, **more: Any) -> Runtime:
        made.append(build_runtime(settings_at(tmp_path, now, **more), replay=replay))
        return made[-1]

    yield build
    for one in made:
        one.ops.dispose()
