"""Rules of the judge of invented filings: it cannot be talked into a better table than what was read."""

from dataclasses import dataclass

import pytest
from invented_reader import FOLDER, blocks
from support.judge import Case, Judged, Label, judge

from signals_pipeline.extract.event import Reading


@dataclass(frozen=True)
class Told:
    """As much of an event as the judge looks at."""

    family: str
    who: str
    title: str = ""


def judged(told: list[Told], labels: list[Label], **how: object) -> Judged:
    return judge(
        [Case("a1", Reading(events=told, reason=None if told else "no_pattern"), labels)],
        ("people",),
        family_of=lambda event: event.family,
        fits=lambda event, label: event.who == label.said[0],
        fields_right=lambda event, label: {"title": event.title == label.said[1]},
        **how,
    )


def label(who: str, title: str = "", *, is_optional: bool = False) -> Label:
    return Label("people", (who, title), is_optional)


def test_what_nobody_labelled_is_invented_and_what_nobody_told_is_missed_with_the_reason() -> None:
    found = judged([Told("people", "Ann"), Told("people", "Bob")], [label("Ann"), label("Cy")])
    assert found.counts["people"] == {"found": 1, "missed": 1, "invented": 1}
    assert (found.precision("people"), found.recall("people")) == (0.5, 0.5)
    assert judged([], [label("Cy")]).wrong == ["a1 missed ('Cy', '') (no_pattern)"]


def test_an_optional_event_is_told_without_being_found_and_untold_without_being_missed() -> None:
    labels = [label("Ann", is_optional=True), label("Bob", is_optional=True)]
    assert judged([Told("people", "Ann")], labels).counts["people"] == {"told": 1, "optional": 1}
    assert judged([Told("people", "Ann")], labels, optional_counts_as="found").counts["people"] == {"found": 1, "optional": 1}


def test_an_event_told_twice_is_invented_unless_the_family_may_repeat_itself() -> None:
    twice = [Told("people", "Ann", "CEO"), Told("people", "Ann", "CFO")]
    assert judged(twice, [label("Ann", "CFO")]).counts["people"] == {"found": 1, "invented": 1}
    assert judged(twice, [label("Ann", "CFO")], repeats=("people",)).counts["people"] == {"found": 1}


def test_the_event_with_most_fields_right_answers_for_a_label() -> None:
    found = judged([Told("people", "Ann", "CEO"), Told("people", "Ann", "CFO")], [label("Ann", "CFO"), label("Ann", "COO")])
    assert (found.counts["people"], found.share("title", "people"), found.share("title")) == ({"found": 2}, 0.5, 0.5)


def test_families_that_are_not_judged_are_neither_found_nor_invented() -> None:
    found = judged([Told("deals", "Ann")], [])
    assert (found.counts["people"], found.precision("people"), found.recall("people")) == ({}, 0, 0)


def test_a_head_with_another_number_of_parts_is_refused() -> None:
    assert list(FOLDER.glob("funding_*.txt"))
    with pytest.raises(ValueError, match="zip"):
        next(blocks("funding_*.txt", "key style name reported filed"))
