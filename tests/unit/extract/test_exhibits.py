"""A press release behind a filing fills what the item leaves open, says so, and makes no event of its own."""

from datetime import date
from decimal import Decimal

from invented_item import read_document

TITLE = "Item 5.02 Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers"
HIRED = "On March 1, 2026, the Company announced that Nora Finch has been appointed Chief Marketing Officer."
BOUGHT = "On March 1, 2026, Acme Robotics, Inc. announced that it has completed its acquisition of Beta Systems, Inc."


def read(item, release, number="99.1"):
    text = f"FORM 8-K\n{item}\nSIGNATURES\nAcme\n[EXHIBIT {number}]\nAUSTIN, March 1, 2026 - {release}"
    reading = read_document(text)
    own = text.index("[EXHIBIT")
    assert all(e.end <= own for e in reading.events)  # spans stay in the item
    return reading


def test_a_release_gives_the_day_that_the_item_leaves_open_and_is_named():
    (event,) = read(
        f"{TITLE}\n{HIRED}", "Acme today announced that Nora Finch has been appointed Chief Marketing Officer, effective April 6, 2026."
    ).events
    assert (event.effective_on, event.modality) == (date(2026, 4, 6), "planned")
    assert event.trigger.endswith("; completed from EX-99.1")


def test_what_the_item_says_itself_is_not_overwritten():
    item = HIRED.replace("Officer.", "Officer, effective March 9, 2026.")
    (event,) = read(
        f"{TITLE}\n{item}", "Acme announced that Nora Finch has been appointed Chief Marketing Officer, effective April 6, 2026."
    ).events
    assert event.effective_on == date(2026, 3, 9)
    assert "EX-" not in event.trigger


def test_a_release_gives_the_price_of_a_deal_whose_item_names_none():
    (event,) = read(
        f"Item 8.01 Other Events\n{BOUGHT}",
        "Acme Robotics, Inc. has completed its acquisition of Beta Systems, Inc. for $45 million in cash.",
    ).events
    assert (event.amount, event.currency) == (Decimal("45000000.00"), "USD")
    assert event.trigger.endswith("EX-99.1")


def test_a_price_that_the_item_leaves_open_in_parts_stays_open():
    item = f"{BOUGHT} The consideration consisted of (i) 400,000 shares of common stock and (ii) $5.0 million in cash."
    (event,) = read(
        f"Item 8.01 Other Events\n{item}",
        "Acme Robotics, Inc. has completed its acquisition of Beta Systems, Inc. for $45 million in cash.",
    ).events
    assert event.amount is None


def test_a_release_makes_no_event_and_an_agreement_behind_the_filing_is_not_read():
    release = "Max Poe was appointed Chief Executive Officer. Acme Robotics, Inc. acquired Gamma Works, Inc. for $9 million."
    assert [e.person.full_name for e in read(f"{TITLE}\n{HIRED}", release).events] == ["Nora Finch"]
    (event,) = read(f"{TITLE}\n{HIRED}", "Nora Finch has been appointed Chief Marketing Officer, effective April 6, 2026.", "10.1").events
    assert event.effective_on is None
