"""The credit ledger: no paid call without a reservation, no reservation past the caps.

look-up → `reserve` (committed) → paid call → `settle`. A crash, or an answer that was lost, leaves the reservation standing, and it counts:
the vendor may have charged. Caps per day and per month hold over all providers and processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from signals_pipeline.io import ops as store
from signals_pipeline.keys import md5
from signals_pipeline.rules.profile import Enrichment

_T = store.credit_ledger


@dataclass(frozen=True)
class Purchase:
    """What is about to be paid for."""

    lookup_key: str
    company_id: str
    signal_id: str | None
    credits: float = 1.0


@dataclass(frozen=True)
class CreditLedger:
    ops: sa.Engine
    rules: Enrichment

    def remaining(self, dt: date) -> float:
        """Credits that a day may still reserve: the smaller of what is left of the day and of its month."""
        with self.ops.connect() as connection:
            return self._remaining(connection, dt)

    def reserve(self, dt: date, provider: str, purchases: Sequence[Purchase], at: datetime) -> list[str | None]:
        """One entry id per purchase, in order; None from the first that no longer fits the caps. Committed on return."""
        entries: list[str | None] = []
        with self.ops.begin() as connection:
            store.serialize(connection, "credits")
            left = self._remaining(connection, dt)
            for purchase in purchases:
                if purchase.credits > left:
                    entries += [None] * (len(purchases) - len(entries))
                    break
                left -= purchase.credits
                where = (_T.c.provider == provider) & (_T.c.lookup_key == purchase.lookup_key) & (_T.c.dt == dt)
                attempt = connection.execute(sa.select(sa.func.count()).select_from(_T).where(where)).scalar_one()
                entry_id = md5("credit", provider, purchase.lookup_key, dt, attempt)
                connection.execute(
                    sa.insert(_T).values(
                        entry_id=entry_id, provider=provider, lookup_key=purchase.lookup_key, dt=dt, status="reserved",
                        reserved=purchase.credits, spent=0.0, usd=0.0, company_id=purchase.company_id,
                        signal_id=purchase.signal_id, at=at,
                    )
                )  # fmt: skip
                entries.append(entry_id)
        return entries

    def settle(self, spent: dict[str, float]) -> None:
        """entry id → credits that the answer cost (0 for a miss)."""
        with self.ops.begin() as connection:
            for entry_id, credits in spent.items():
                values = {"status": "settled", "spent": credits, "usd": credits * self.rules.usd_per_credit}
                connection.execute(sa.update(_T).where(_T.c.entry_id == entry_id).values(**values))

    def release(self, entry_ids: Sequence[str]) -> None:
        """The vendor refused before charging: the reservation no longer counts."""
        self._mark(entry_ids, "released")

    def lost(self, entry_ids: Sequence[str]) -> None:
        """Sent, and no answer came: it goes on counting as spent."""
        self._mark(entry_ids, "unknown")

    def bought(self, provider: str, dt: date) -> dict[str, float]:
        """lookup_key → credits settled on a day (a key that was only reserved is absent)."""
        query = sa.select(_T.c.lookup_key, _T.c.spent).where((_T.c.provider == provider) & (_T.c.dt == dt) & (_T.c.status == "settled"))
        with self.ops.connect() as connection:
            return {row.lookup_key: row.spent for row in connection.execute(query)}

    def day(self, dt: date) -> tuple[float, float]:
        """(credits, usd) of a day, standing reservations included at the profile's price."""
        with self.ops.connect() as connection:
            credits = self._sum(connection, _T.c.dt == dt)
        return credits, credits * self.rules.usd_per_credit

    def _mark(self, entry_ids: Sequence[str], status: str) -> None:
        with self.ops.begin() as connection:
            connection.execute(sa.update(_T).where(_T.c.entry_id.in_(list(entry_ids))).values(status=status))

    def _remaining(self, connection: sa.Connection, dt: date) -> float:
        first = dt.replace(day=1)
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        day = self.rules.credits_per_day - self._sum(connection, _T.c.dt == dt)
        month = self.rules.credits_per_month - self._sum(connection, (_T.c.dt >= first) & (_T.c.dt < after))
        return max(0.0, min(day, month))

    @staticmethod
    def _sum(connection: sa.Connection, where: sa.ColumnElement[bool]) -> float:
        counts = sa.case((_T.c.status == "settled", _T.c.spent), (_T.c.status == "released", 0.0), else_=_T.c.reserved)
        return float(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(counts), 0.0)).where(where)).scalar_one())
