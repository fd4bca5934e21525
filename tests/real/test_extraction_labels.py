"""The extractor against a second reader: every filing of the folder was read and labelled before its output was seen.

`labels_filings.json` (facts by accession, or by file name where a file carries none; `{}` = no event) + live functions → counts.
`|`, `or_...` and `also` hold answers that are right as well; `optional` events count neither as missed nor as invented.
The table: `python -m pytest tests/real/test_extraction_labels.py -s -q`
"""

import json
from pathlib import Path

import pytest
from support.judge import Case, Label, judge
from support.labels import answers, plain, round_right

LABELS = json.loads(Path(__file__).with_name("labels_filings.json").read_text(encoding="utf-8"))
TYPES = ("executive_change", "acquisition", "funding_round", "earnings_call")

# (precision, recall): one slip a type below what is reached, so that a rule that breaks is seen
FLOORS = {"executive_change": (0.98, 0.97), "acquisition": (0.95, 0.94), "funding_round": (0.94, 0.94), "earnings_call": (0.95, 0.94)}
FIELDS = {
    "executive_change": dict.fromkeys(("name", "change", "title", "effective"), 0.98),
    "acquisition": dict.fromkeys(("name", "role", "stage", "price", "day"), 0.94),
    "funding_round": dict.fromkeys(("amount", "kind", "modality", "day"), 0.94),
    "earnings_call": {"day": 0.94},
}


def first_and_last(name):
    words = [w for w in plain(name).split() if w not in {"jr", "sr", "dr", "general", "ret"}]
    return (words[0], words[-1])


def same_event(event, label):
    said = label.said
    if event.signal_type != label.family:
        return False
    if label.family == "executive_change":
        goes = event.change_type == "departure"
        return first_and_last(event.person.full_name) == first_and_last(said["person"]) and (
            goes == (said["change"] == "departure") or event.change_type in said["change"].split("|")
        )
    if label.family == "acquisition":
        return plain(event.other.name).split()[0] == plain(said["other"]).split()[0]
    return True


def fields_right(event, label):
    """Field → whether the event says what the filing says."""
    said, day = label.said, str(event.occurred_on)
    if label.family == "executive_change":
        effective = None if event.effective_on is None else str(event.effective_on)
        return {
            "name": plain(event.person.full_name) == plain(said["person"]),
            "change": event.change_type in said["change"].split("|"),
            "title": plain(event.title) in [plain(t) for t in (said["title"], *said.get("also", []))],
            "effective": effective in answers(said, "effective"),
        }
    if label.family == "acquisition":
        amount = None if event.amount is None else float(event.amount)
        return {
            "name": plain(event.other.name) == plain(said["other"]), "role": event.other.role == said["role"],
            "stage": event.deal_stage == said["stage"], "day": day in answers(said, "on"),
            "price": amount in answers(said, "amount") and (amount is None or event.currency == said["currency"]),
        }  # fmt: skip
    if label.family == "funding_round":
        return round_right(event, said)
    return {"day": day == said["on"]}


@pytest.fixture(scope="module")
def read(filings, readings):
    """Label key → Reading, of every labelled document of the folder."""
    keys = {key: key if key in LABELS else name for key, name in filings.files.items()}
    return {label: readings[key] for key, label in keys.items() if label in LABELS}


@pytest.fixture(scope="module")
def judged(read):
    cases = [
        Case(key, read[key], [Label(kind, said, said.get("optional", False)) for kind in TYPES for said in labels.get(kind, ())])
        for key, labels in LABELS.items()
    ]
    kinds = [*TYPES, *(e.signal_type for reading in read.values() for e in reading.events)]
    found = judge(cases, dict.fromkeys(kinds), family_of=lambda event: event.signal_type, fits=same_event, fields_right=fields_right)
    print(f"\n{len(read)} documents, {sum(not LABELS[k] for k in read)} of them without an event{found.table()}")
    return found


def test_every_labelled_document_is_read(read):
    assert set(read) == set(LABELS)


def test_documents_without_an_event_have_a_reason(read):
    assert [key for key, labels in LABELS.items() if not labels and not read[key].reason] == []


def test_only_types_that_a_filing_of_the_folder_tells_are_found(judged):
    assert set(judged.counts) == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_precision_and_recall_stay_above_the_floor(judged, kind):
    precision, recall = FLOORS[kind]
    assert judged.precision(kind) >= precision
    assert judged.recall(kind) >= recall


@pytest.mark.parametrize(("kind", "field", "floor"), [(k, f, v) for k, fields in FIELDS.items() for f, v in fields.items()])
def test_fields_stay_as_right_as_they_were(judged, kind, field, floor):
    assert judged.share(field, kind) >= floor
