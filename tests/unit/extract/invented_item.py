"""One invented item → the shortest 8-K that holds it → its reading. Whole filings with cover and heading: `invented_pages.py`."""

from datetime import date

from signals_pipeline.extract.eightk import read_filing
from signals_pipeline.extract.event import Reading

SIGNED = "\nSIGNATURES\nPursuant to the requirements of the Securities Exchange Act of 1934, Acme has signed.\nDate: March 3, 2026"
REGISTRANT = "Acme Robotics, Inc."


def read_document(text: str, registrant: str = REGISTRANT) -> Reading:
    """A document of March 1, 2026, known on the 3rd."""
    return read_filing(text, registrant=registrant, reported_on=date(2026, 3, 1), known_on=date(2026, 3, 3))


def item_text(item: str, body: str, heading: str = "Heading of the Item.") -> str:
    return f"FORM 8-K\nItem {item} {heading}\n{body}{SIGNED}"
