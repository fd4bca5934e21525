# ruff: noqa: E501 - words in a row
"""Text that nobody meant to be read: repeated words by the megabyte, nests without end, cut and binary documents.

Time is bounded by construction (no pattern runs over more than `LONGEST` characters): the test counts that, and lets a process of its
own read a megabyte under a limit that only a runaway pattern reaches.
"""

import subprocess
import sys

import pytest
from invented_item import read_document

from signals_pipeline.extract.form_d import read_form_d
from signals_pipeline.extract.items import split_items
from signals_pipeline.extract.sentences import LONGEST, sentences
from signals_pipeline.extract.text import decode, document_text

UNITS = (
    "Jane Roe ", "Jane Roe, ", "appointed ", "appointed Jane Roe and Max Poe ", "a, ", "( ", '"a ', "Acme, Inc. ", "acquire all of the ",
    "Merger Sub will merge with and into ", "$1,000,000 ", "A", "resigned ", "1,000", 'Acme Beta Gamma ("Acme") ', "as Chief Financial Officer and ",
    "Item 5.02 x\n", "Mr. Roe ", "a wholly owned subsidiary of Acme, ", "Jane Q. ", "the following persons ", "agreement with Jane Roe ",
    "Jane Roe's employment ", "principal amount of notes ", "provides for a credit facility and ", "Series B financing ", "through its ",
)  # fmt: skip
READ = """
import sys
from datetime import date
from signals_pipeline.extract.eightk import read_filing
text = sys.stdin.read()
reading = read_filing(text, registrant="Acme Robotics, Inc.", reported_on=date(2026, 3, 1), known_on=date(2026, 3, 3))
assert bool(reading.events) != bool(reading.reason)
"""


def test_no_sentence_is_longer_than_the_limit_and_none_of_the_text_is_left_out():
    text = " ".join(f"word{n}" for n in range(3000)) + "A" * 3 * LONGEST
    found = sentences(text)
    assert max(len(s.text) for s in found) <= LONGEST
    assert "".join(s.text for s in found).replace(" ", "") == text.replace(" ", "")
    assert all(text[s.start : s.end] == s.text for s in found)


@pytest.mark.parametrize("item", ["5.02", "1.01", "3.02"])
def test_a_megabyte_of_repeated_words_is_read_to_its_end(item):
    share = 1_000_000 // len(UNITS)
    text = f"FORM 8-K\nItem {item} Heading\n" + "\n".join(unit * (share // len(unit)) for unit in UNITS) + "\nSIGNATURES\n"
    done = subprocess.run([sys.executable, "-c", READ], input=text, text=True, capture_output=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_ten_thousand_headings_are_ten_thousand_items_at_most():
    assert len(split_items("FORM 8-K\n" + "Item 8.01 Other Events\nwords of the item follow here\n" * 10_000)) <= 10_000


def test_a_page_of_nested_elements_is_read_without_recursion():
    source = "<html><body>" + "<div><span>" * 900 + "Item 8.01 Other Events" + "</span></div>" * 900 + "</body></html>"
    assert "Item 8.01 Other Events" in document_text(source)


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"\x00\x01\x02\xff" * 500, b"%PDF-1.7\n\x00\x00", b"<html></html>", b"<html><body><h1>404 Not Found</h1></body></html>",
     b"<!-- only a comment -->", b"PK\x03\x04" + bytes(range(256)) * 20],
)  # fmt: skip
def test_what_is_no_filing_has_no_items(content):
    assert read_document(document_text(decode(content))).reason == "no_items"


def test_a_filing_cut_anywhere_gives_what_it_still_says_or_a_reason():
    whole = (
        "FORM 8-K\nItem 5.02 Departure of Directors or Certain Officers\nOn March 1, 2026, Jane Q. Roe resigned as Chief Financial Officer of the "
        "Company, effective April 15, 2026.\nItem 2.02 Results\nOn March 1, 2026, the Company announced its results for the quarter.\nSIGNATURES\nAcme"
    )
    for end in range(len(whole)):
        reading = read_document(whole[:end])
        assert bool(reading.events) != bool(reading.reason)
        assert all(0 <= e.start < e.end <= end for e in reading.events)


def test_a_form_d_that_is_no_form_d_is_refused_by_reason():
    from signals_pipeline.errors import SkipRecord

    for text in ("", "<html></html>x", "<edgarSubmission><offeringData>", "\x00\x01"):
        with pytest.raises(SkipRecord, match="malformed_xml"):
            read_form_d(text)
