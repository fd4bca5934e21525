# ruff: noqa: E501 - invented documents are long lines
from datetime import date
from decimal import Decimal

import pytest

from signals_pipeline.extract.amounts import find_amounts
from signals_pipeline.extract.dates import find_dates, report_date, signature_date
from signals_pipeline.extract.modality import modality_of
from signals_pipeline.extract.rounds import round_type
from signals_pipeline.rules.fx import to_usd


@pytest.mark.parametrize(
    ("text", "value", "currency", "qualifier"),
    [
        ("approximately $54.5 million in cash", "54500000", "USD", "approximately"),
        ("a payment of 21.7 million Euros", "21700000", "EUR", None),
        ("€36,700,000", "36700000", "EUR", None),
        ("up to $1.15 billion", "1150000000", "USD", "up_to"),
        ("a $20-million round", "20000000", "USD", None),
        ("1.500.000 EUR", "1500000", "EUR", None),
        ("C$ 5m", "5000000", "CAD", None),
        ("£1,5m", "1500000", "GBP", None),
        ("RMB 300 million", "300000000", "CNY", None),
        ("more than US$7bn", "7000000000", "USD", "more_than"),
        ("₹2 crore", "20000000", "INR", None),
    ],
)
def test_money_is_read_with_scale_currency_and_qualifier(text, value, currency, qualifier):
    (found,) = find_amounts(text)
    assert (found.value, found.currency, found.qualifier) == (Decimal(value), currency, qualifier)


@pytest.mark.parametrize("text", ["an undisclosed sum", "a nine-figure deal", "19,093,100 shares", "in 2020", "Item 5.02"])
def test_what_names_no_money_is_none(text):
    assert find_amounts(text) == []


def test_a_price_per_share_is_marked_and_a_bare_dollar_is_of_the_united_states():
    assert find_amounts("$40.25 per share, net to the seller")[0].per_share
    assert find_amounts("$3 million")[0].currency == "USD"


def test_dates_are_read_as_business_text_writes_them():
    found = [d.day for d in find_dates("On March 3, 2026 and 4 May 2026, 1/2/2026 or 2026-12-31; February 30, 2026 is none")]
    assert found == [date(2026, 3, 3), date(2026, 5, 4), date(2026, 1, 2), date(2026, 12, 31)]


def test_a_cover_and_a_signature_give_their_dates():
    text = "Date of Report (Date of earliest event reported): March 1, 2026\nItem 8.01\nSIGNATURES\nduly caused this report to be signed\nDate: March 4, 2026"
    assert (report_date(text), signature_date(text)) == (date(2026, 3, 1), date(2026, 3, 4))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Acme acquired Beta.", "done"),
        ("Acme will acquire Beta.", "planned"),
        ("Acme is reportedly in talks to acquire Beta, according to people familiar with it.", "rumour"),
        ("Acme is considering a sale.", "rumour"),
    ],
)
def test_modality_is_read_off_the_words(words, expected):
    assert modality_of(words) == expected


def test_an_effective_date_decides_unless_it_is_a_rumour():
    assert modality_of("He will leave.", date(2026, 3, 1), date(2026, 3, 2)) == "done"
    assert modality_of("He leaves.", date(2026, 3, 3), date(2026, 3, 2)) == "planned"
    assert modality_of("He reportedly leaves.", date(2026, 3, 1), date(2026, 3, 2)) == "rumour"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("a", "series_a"), ("Series B", "series_b"), ("series_c_extension", "series_c"), ("Series E", "series_d_plus"), ("growth", "series_d_plus"),
        ("angel", "seed"), ("Pre-Seed", "seed"), ("convertible_note", "seed"), ("debt_round", "debt"), ("post_ipo_equity", "ipo"),
        ("post_ipo_debt", "debt"), ("grant", "grant"), ("series_unknown", "unknown"), ("round", "unknown"), ("secondary_market", "unknown"), (None, "unknown"),
    ],
)  # fmt: skip
def test_a_round_keeps_its_name_and_nothing_is_guessed(told, expected):
    assert round_type(told) == expected


def test_dollars_need_a_rate():
    assert to_usd(Decimal(100), "EUR", date(2015, 7, 1)) == Decimal("111.00")
    assert to_usd(Decimal(100), "USD", None) == Decimal(100)
    assert to_usd(Decimal(100), "AZN", date(2015, 7, 1)) is None
    assert to_usd(Decimal(100), "EUR", date(1950, 7, 1)) is None
