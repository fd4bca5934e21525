"""The folder beside the repository: vendor specifications, references, real payloads. Where it is absent, tests skip with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def folder(name: str) -> Path:
    if not (SHARED / name).is_dir():
        pytest.skip(f"{name} of the shared folder is not here: nothing to compare with")
    return SHARED / name
