"""What was read beside what a person would say: events and labels of each filing → found, missed, invented; fields right of those judged.

Which event a label means and which of its fields are right does not belong here: the caller says it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from signals_pipeline.extract.event import Event, Reading


@dataclass(frozen=True)
class Label:
    """One event that a person reads in a filing. An optional one may be told or not: it is never missed, and never invented."""

    family: str
    said: Any
    is_optional: bool


@dataclass(frozen=True)
class Case:
    key: str
    reading: Reading
    labels: list[Label]


@dataclass
class Judged:
    """Family → counts; (family, field) → right, judged; what was wrong, a line each."""

    counts: dict[str, Counter[str]]
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    of: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def precision(self, family: str) -> float:
        c = self.counts[family]
        return (c["found"] + c["told"]) / max(1, c["found"] + c["told"] + c["invented"])

    def recall(self, family: str) -> float:
        c = self.counts[family]
        return c["found"] / max(1, c["found"] + c["missed"])

    def share(self, name: str, family: str | None = None) -> float:
        """Of one field, over one family or all."""
        keys = [key for key in self.of if key[1] == name and family in (None, key[0])]
        return sum(self.right[key] for key in keys) / sum(self.of[key] for key in keys)

    def table(self) -> str:
        lines = []
        for family, c in self.counts.items():
            shares = f"precision {self.precision(family):.2f} recall {self.recall(family):.2f}"
            fields = " ".join(f"{name} {self.right[f, name]}/{self.of[f, name]}" for f, name in self.of if f == family)
            counts = f"found {c['found']:>3} missed {c['missed']:>2} invented {c['invented']:>2} optional told {c['told']}"
            lines.append(f"{family:<17} {counts}  {shares}  {fields}")
        return "\n".join(["", *lines, *self.wrong])


def judge(
    cases: Iterable[Case],
    families: Collection[str],
    *,
    family_of: Callable[[Event], str],
    fits: Callable[[Event, Label], bool],
    fields_right: Callable[[Event, Label], dict[str, bool]],
    repeats: Collection[str] = (),
    optional_counts_as: str = "told",
) -> Judged:
    """Each label takes the fitting event with most fields right, in the order of the labels; what no label took is invented.

    `families`: those that are judged, others of a filing are left alone. `repeats`: in which every event that fits a label is the same one
    told again. `optional_counts_as`: "found" counts an optional event that is told with the others.
    """
    judged = Judged({family: Counter() for family in families})
    for case in cases:
        events = [e for e in case.reading.events if family_of(e) in families]
        for label in case.labels:
            counts = judged.counts[label.family]
            own = [e for e in events if fits(e, label)]
            if not own:
                counts["optional" if label.is_optional else "missed"] += 1
                judged.wrong += [] if label.is_optional else [f"{case.key} missed {label.said} ({case.reading.reason})"]
                continue
            event = max(own, key=lambda e, label=label: sum(fields_right(e, label).values()))
            events = [e for e in events if e is not event and not (label.family in repeats and e in own)]
            counts[optional_counts_as if label.is_optional else "found"] += 1
            for name, is_right in fields_right(event, label).items():
                judged.of[label.family, name] += 1
                judged.right[label.family, name] += is_right
                judged.wrong += [] if is_right else [f"{case.key} {name}: {label.said} but {event}"[:500]]
        for event in events:
            judged.counts[family_of(event)]["invented"] += 1
            judged.wrong.append(f"{case.key} invented {event}"[:500])
    return judged
