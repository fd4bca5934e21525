"""What a person must look at (ops.reviews), and the record of delivered alerts (ops.alerts). Asking twice asks once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from signals_pipeline.activation.model import PlanRow
from signals_pipeline.io import ops
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


def ask(rt: Runtime, kind: str, subject: str, detail: str) -> str:
    """Open a review item; returns its id. `subject` and `detail` hold keys and vendor ids, no names."""
    review_id = md5("review", kind, subject)
    with rt.ops.begin() as connection:
        if not connection.execute(sa.select(ops.reviews.c.review_id).where(ops.reviews.c.review_id == review_id)).first():
            connection.execute(ops.reviews.insert().values(
                review_id=review_id, kind=kind, subject=subject, detail=detail, status="open", at=rt.stamp(),
            ))  # fmt: skip
    return review_id


def alerts_delivered(rt: Runtime, delivered: Sequence[tuple[PlanRow, str]]) -> None:
    """One ops.alerts row per alert that stands at its destination, with what was read back."""
    with rt.ops.begin() as connection:
        for row, read_back in delivered:
            if not connection.execute(sa.select(ops.alerts.c.alert_id).where(ops.alerts.c.alert_id == row.effect_id)).first():
                connection.execute(ops.alerts.insert().values(
                    alert_id=row.effect_id, rule=str(row.facts.get("rule") or ""), signal_id=row.signal_id, company_id=row.company_id,
                    channel=row.destination, status="delivered", body=str(row.payload().get("body") or ""), read_back=read_back, at=rt.stamp(),
                ))  # fmt: skip
