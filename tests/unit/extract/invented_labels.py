"""Labels of people, deals and money in invented filings, and when an event is the one that a label means.

`O name | in or out | title | effective`, `A other company | role | stage | day | price`, `M kind | amount | day`; `;` stands between
answers that are right, `-` for none; a small letter is an event that may be told or not. Several offices of one person in one direction
are one label.
"""

from collections.abc import Iterable

from support.judge import Label
from support.labels import plain

from signals_pipeline.extract.event import Event

FAMILIES = {"O": "executive_change", "A": "acquisition", "M": "funding_round"}


def labels_of(lines: Iterable[str]) -> list[Label]:
    """Labels as written → labels, the optional ones last: they take what is left."""
    found = [(line.split(" ", 1)) for line in lines]
    labels = [Label(FAMILIES[k.upper()], [_answers(part) for part in rest.split(" | ")], k.islower()) for k, rest in found]
    return sorted(labels, key=lambda label: label.is_optional)


def family_of(event: Event) -> str:
    return event.signal_type


def fits(event: Event, label: Label) -> bool:
    if event.signal_type != label.family:
        return False
    if label.family == "funding_round":
        return True
    if label.family == "acquisition":
        return any(plain(event.other.name).split()[0] == plain(name).split()[0] for name in label.said[0])
    names = plain(event.person.full_name).split(), plain(label.said[0][0]).split()
    return names[0][0] == names[1][0] and names[0][-1] == names[1][-1] and (event.change_type == "departure") == (label.said[1] == ["out"])


def fields_right(event: Event, label: Label) -> dict[str, bool]:
    said = label.said
    if label.family == "executive_change":
        effective = str(event.effective_on) if event.effective_on else None
        return {
            "name": plain(event.person.full_name) == plain(said[0][0]),
            "title": plain(event.title) in [plain(t) for t in said[2]], "effective": effective in said[3],
        }  # fmt: skip
    price = None if event.amount is None else f"{int(event.amount)} {event.currency}"
    if label.family == "funding_round":
        return {"kind": event.round_type in said[0], "amount": price in said[1], "day": str(event.occurred_on) in said[2]}
    return {
        "name": plain(event.other.name) in [plain(n) for n in said[0]], "role": event.other.role in said[1],
        "stage": event.deal_stage in said[2], "day": str(event.occurred_on) in said[3], "price": price in said[4],
    }  # fmt: skip


def _answers(part: str) -> list[str | None]:
    return [None if each.strip() == "-" else each.strip() for each in part.split(" ; ")]
