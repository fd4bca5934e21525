"""Invented 8-Ks about money, each with what a person would say it tells: nothing invented, little missed, by family.

`tests/fixtures/filings_invented/funding_*.txt` (`=== key | registrant | reported | filed`, `> label`, items) → whole filing → the live
reader. A label's `or_` values are right as well; an `optional` event counts neither as missed nor as invented.
The table: `python -m pytest tests/unit/extract/test_invented_funding.py -s -q`
"""

import json

import pytest
from invented_pages import HEAD
from invented_reader import blocks, long_day, read_text
from support.judge import Case, Label, judge
from support.labels import answers, round_right

PLAIN = ("earnings_call", "insolvency", "layoffs")  # one answer each, without kind and amount
FAMILIES = ("debt", "shares", *PLAIN)
# (precision, recall) of what is reached, less one slip; the first run over each file was lower (docs/extract.md)
FLOORS = {"debt": (0.96, 0.96), "shares": (0.96, 0.96), **dict.fromkeys(PLAIN, (1.0, 1.0))}
FIELDS = {"amount": 0.96, "kind": 0.98, "modality": 0.96, "day": 0.98}
COVER = f"""{HEAD}

Date of Report (Date of earliest event reported): {{reported}}

{{name}}
(Exact name of registrant as specified in its charter)

Delaware            001-39999            98-7654321
(State of incorporation)  (Commission File Number)  (IRS Employer Identification No.)

Check the appropriate box below if the Form 8-K filing is intended to simultaneously satisfy the filing obligation:
[ ] Written communications pursuant to Rule 425 under the Securities Act

{{body}}

SIGNATURES

Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be signed on its
behalf by the undersigned hereunto duly authorized.

{{name}}
Date: {{filed}}
By: /s/ Jane Q. Placeholder
Title: Chief Financial Officer
"""


def cases():
    for block in blocks("funding_*.txt", "key name reported filed"):
        text = COVER.format(name=block.name, reported=long_day(block.reported), filed=f"{block.filed:%B %d, %Y}", body=block.body)
        said = [json.loads(label) for label in block.labels]
        labels = [Label(family(label["type"], label.get("round_type")), label, label.get("optional", False)) for label in said]
        yield Case(block.key, read_text(text, block.filed), labels)


def family(signal_type, round_type):
    if signal_type != "funding_round":
        return signal_type
    return "debt" if round_type == "debt" else "shares"


def fields_right(event, label):
    if event.signal_type == "funding_round":
        return round_right(event, label.said)
    return {"day": str(event.occurred_on) in answers(label.said, "on")}


@pytest.fixture(scope="module")
def judged():
    found = judge(
        cases(),
        FAMILIES,
        family_of=lambda event: family(event.signal_type, event.round_type),
        fits=lambda event, label: event.signal_type == label.said["type"],
        fields_right=fields_right,
        optional_counts_as="found",
    )
    print(found.table())
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_what_the_invented_filings_tell_is_found_and_nothing_else(judged, name):
    precision, recall = FLOORS[name]
    assert judged.precision(name) >= precision
    assert judged.recall(name) >= recall


@pytest.mark.parametrize("field", FIELDS)
def test_amount_kind_and_day_are_those_that_a_person_reads(judged, field):
    assert judged.share(field) >= FIELDS[field]
