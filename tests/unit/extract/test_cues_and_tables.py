"""Where no clause is known: the nearest cue, tables of people, short names, and what they must not make events of. All invented."""

from datetime import date

import pytest
from invented_item import item_text, read_document

from signals_pipeline.extract.people import Name, Roster


def read(body, item="5.02"):
    return read_document(item_text(item, body))


def people(body):
    return sorted((e.person.full_name, "out" if e.change_type == "departure" else "in", e.title) for e in read(body).events)


def deals(body, item="1.01"):
    return [(e.other.role, e.other.name) for e in read(body, item).events if e.signal_type == "acquisition"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("On March 1, 2026 the Board co-opted Dr. Thea Mokoena as a director.", [("Thea Mokoena", "in", "Director")]),
        (
            "The Company has parted company with its Chief Operating Officer, Mr. Rufus Oduya.",
            [("Rufus Oduya", "out", "Chief Operating Officer")],
        ),
        ("The remaining directors voted to seat Ada Nwosu on the Board.", [("Ada Nwosu", "in", "Director")]),
    ],
)
def test_who_stands_in_no_known_clause_goes_the_way_of_the_nearest_word(body, expected):
    assert people(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "The salary of Ada Nwosu, who joined the leadership team, was increased to $400,000.",
        "If Ada Nwosu is terminated without cause, she will be entitled to severance.",
        "There are no arrangements or understandings between Ada Nwosu and any person under which she was selected.",
        "The head of sales joined the team in May and reports to Ada Nwosu, Chief Executive Officer.",
    ],
)
def test_a_cue_beside_pay_conditions_or_arrangements_is_no_change(body):
    assert people(body) == []


def test_a_table_of_old_and_new_positions_tells_the_new_ones_with_their_own_days():
    rows = "Name | Former Position | New Position | Effective Date\nAda Nwosu | Controller | Chief Financial Officer | April 1, 2026"
    events = read(f"The following changes were approved on March 1, 2026:\n{rows}\nPay will be set later.").events
    assert [(e.person.full_name, e.title, e.effective_on) for e in events] == [("Ada Nwosu", "Chief Financial Officer", date(2026, 4, 1))]


def test_a_table_explained_only_below_goes_the_way_of_the_sentence_below():
    rows = "Name | Position\nAda Nwosu | Treasurer\nRufus Oduya | Secretary"
    assert people(f"{rows}\nEach of the persons named above resigned on March 1, 2026.") == [
        ("Ada Nwosu", "out", "Treasurer"),
        ("Rufus Oduya", "out", "Secretary"),
    ]


def test_a_table_that_nobody_explains_tells_no_change():
    assert (
        people("Our officers are named below.\nName | Position\nAda Nwosu | Treasurer\nThe report is filed with the exhibits below.") == []
    )


def test_fields_of_work_and_firms_are_no_people():
    assert people("On March 1, 2026, Ada Nwosu was named Executive Vice President, Strategic Alliances.") == [
        ("Ada Nwosu", "in", "Executive Vice President, Strategic Alliances")
    ]
    assert not Roster("Mother Lode Holdings agreed.").is_person(Name("Mother Lode", False, 0, 11), "Mother Lode was elected.")


def test_a_short_name_is_who_the_document_names_elsewhere_unless_two_are():
    short = Name("Nwosu", True, 4, 9)
    assert Roster("Ada Nwosu came.").resolve(short) == "Ada Nwosu"
    assert Roster("Ada Nwosu came. Ben Nwosu left.").resolve(short) is None


def test_a_deal_without_a_known_clause_is_told_by_its_one_other_company():
    body = "On March 1, 2026 we closed the Stock Purchase Agreement with Redrock Works, Inc.; all shares of Redrock Works, Inc. are ours."
    assert deals(body, "2.01") == [("target", "Redrock Works, Inc.")]


@pytest.mark.parametrize(
    "body",
    [
        "On March 1, 2026 we amended the Stock Purchase Agreement with Redrock Works, Inc. to extend its outside date.",
        "On March 1, 2026 the Company declared a pro rata distribution of all of the outstanding shares of Redrock Works, Inc.",
        "On March 1, 2026 the Company extended its loan from Redrock Works, Inc. for the acquisition of machines.",
    ],
)
def test_amendments_spin_offs_and_loans_are_no_deals_by_cue(body):
    assert deals(body) == []
