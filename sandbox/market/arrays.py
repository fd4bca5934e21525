"""State of many at once: a dataclass whose fields are arrays, one element each, kept as bytes in the store.

`class Users(Arrays)` → `dump` → bytes → `load`. What the arrays mean does not belong here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Arrays:
    def dump(self) -> bytes:
        out = io.BytesIO()
        np.savez(out, **{f.name: getattr(self, f.name) for f in fields(self)})
        return out.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Raises what NumPy raises for bytes that `dump` did not make."""
        with np.load(io.BytesIO(data)) as stored:
            return cls(**{f.name: stored[f.name] for f in fields(cls)})
