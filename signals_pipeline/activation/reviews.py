"""What a person must look at (ops.reviews). Asking twice asks once."""

from __future__ import annotations

import sqlalchemy as sa

from signals_pipeline.io import ops
from signals_pipeline.keys import md5
from signals_pipeline.runtime import Runtime


def ask(rt: Runtime, kind: str, subject: str, detail: str) -> str:
    """Open a review item; returns its id. `subject` and `detail` hold keys and vendor ids, no names."""
    review_id = md5("review", kind, subject)
    with rt.ops.begin() as connection:
        if not connection.execute(sa.select(ops.reviews.c.review_id).where(ops.reviews.c.review_id == review_id)).first():
            connection.execute(
                ops.reviews.insert().values(
                    review_id=review_id,
                    kind=kind,
                    subject=subject,
                    detail=detail,
                    status="open",
                    at=rt.stamp(),
                )
            )
    return review_id
