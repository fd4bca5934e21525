"""Guards a paged read: a cursor or next link that comes back is a loop, not a page.

cursor of each page → `PageGuard.next` → the same cursor, or ContractBroken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from signals_pipeline.errors import ContractBroken


@dataclass
class PageGuard:
    """One per paged read. `what` names the read in the error; `max_pages` bounds a cursor that is new each time."""

    what: str
    max_pages: int = 100_000
    _seen: set[bytes] = field(default_factory=set)

    def next(self, cursor: str) -> str:
        """The cursor, when it was not followed before. Raises ContractBroken on a repeat or past `max_pages`."""
        digest = sha256(cursor.encode()).digest()
        if digest in self._seen:
            raise ContractBroken(f"{self.what}: paging loop, page {len(self._seen) + 1} points to one already read")
        if len(self._seen) >= self.max_pages:
            raise ContractBroken(f"{self.what}: more than {self.max_pages} pages")
        self._seen.add(digest)
        return cursor
