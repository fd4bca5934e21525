from datetime import UTC, datetime
from types import SimpleNamespace

import pytest


@pytest.fixture
def pull(tmp_path):
    """What a stream's functions read of a pull: the replay folder, the memory within the pull, the instant."""
    return SimpleNamespace(
        runtime=SimpleNamespace(replay=tmp_path), memo={}, cursor={}, pulled_at=datetime(2026, 3, 2, 12, tzinfo=UTC), history_from=None
    )
