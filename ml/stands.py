"""Whether a champion may score a day: its columns are spread as they were, it foretells as much as it did, and it was judged of late.

what a model was learned from → `reference`, kept in its manifest · features of a day → `failed` → a sentence, or None.
A model that fails says nothing that day; the rule score stands. Does not belong here: who is champion (`registry.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from ml.evaluate import Decision, profile, same_rate, unmoved
from ml.table import Table

Array = np.ndarray[Any, Any]
MOST_DAYS_UNJUDGED = 100  # outcomes of sixty days and a month to look at them


def reference(seen: Table, columns: Sequence[str], foretold: Array | None) -> dict[str, Any]:
    """What later days are held against: the spread of each column it learned from, and the mean of what it foretold when it was judged."""
    return {"columns": {c: profile(seen, c) for c in columns}, "foretold": None if foretold is None else float(foretold.mean())}


def failed(about: Mapping[str, Any], now: Table, foretold: Array | None, judged_on: date | None, day: date) -> str | None:
    """Why the model must be silent on the day, or None. `about`: of its manifest; `judged_on`: when outcomes last spoke for it.

    Calibration needs outcomes, so what a day can know of it is how long ago they were looked at.
    """
    known = about.get("reference")
    if known is None:
        return "its manifest does not say what it was learned from: learn it anew"
    checks = unmoved(known["columns"], now)
    if known["foretold"] is not None and foretold is not None:
        said, mean = float(foretold.mean()), known["foretold"]
        checks["base_rate"] = (same_rate(mean, said)[0], f"it foretells {said:.4f} on average, {mean:.4f} when it was judged")
    if judged_on is None:
        checks["calibrated"] = (False, "its calibration was never judged")
    else:
        ago = (day - judged_on).days
        checks["calibrated"] = (ago <= MOST_DAYS_UNJUDGED, f"its calibration was last judged {ago} days ago; `signals learn` judges it")
    decision = Decision(checks)
    return None if decision.is_promoted else f"the champion stands down on {day}: {decision.because}"
