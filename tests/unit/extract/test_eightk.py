# ruff: noqa: E501 - invented documents are long lines
"""Invented filings; each rule of items 5.02, 1.01, 2.01, 2.03, 3.02 on its own."""

from datetime import date
from decimal import Decimal

import pytest
from invented_item import REGISTRANT, SIGNED, item_text, read_document

from signals_pipeline.extract.items import split_items
from signals_pipeline.extract.text import document_text

TITLE = "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; Compensatory Arrangements."


def read(item, body, registrant=REGISTRANT):
    text = item_text(item, body, TITLE) if item == "5.02" else item_text(item, body)
    reading = read_document(text, registrant)
    for event in reading.events:  # the quoted span lies in the text and holds what the event says
        assert text[event.start : event.end].strip()
    return reading


def officers(body):
    return [(e.person.full_name, e.change_type, e.title, e.effective_on, e.modality) for e in read("5.02", body).events]


def test_a_departure_has_name_title_date_and_modality():
    body = 'On March 1, 2026, Jane Q. Roe, Chief Financial Officer of Acme Robotics, Inc. (the "Company"), notified the Company that she will resign, effective April 15, 2026.'
    assert officers(body) == [("Jane Q. Roe", "departure", "Chief Financial Officer", date(2026, 4, 15), "planned")]


def test_an_appointment_is_a_hire_and_of_an_insider_a_promotion():
    outside = "On March 1, 2026, the Board of Directors appointed Max B. Poe as Senior Vice President, Global Sales, effective immediately."
    assert officers(outside) == [("Max B. Poe", "new_hire", "Senior Vice President, Global Sales", date(2026, 3, 1), "done")]
    inside = outside + " Mr. Poe joined the Company in May 2019 as controller."
    assert officers(inside)[0][1] == "promotion"


def test_a_list_of_people_gives_one_event_each():
    body = "On March 1, 2026, the Board appointed Ann Lee, Raj K. Patel and Tom de Vries as directors of the Company."
    assert [(n, t) for n, _, t, _, _ in officers(body)] == [
        ("Ann Lee", "Director"),
        ("Raj K. Patel", "Director"),
        ("Tom de Vries", "Director"),
    ]


def test_who_moves_to_another_chair_is_reorganized_and_the_successor_comes():
    body = "On March 1, 2026, Gary S. Holt transitioned from the role of Chief Financial Officer to Vice Chairman and Martin Bell became Chief Financial Officer of the Company."
    found = {n: (c, t) for n, c, t, _, _ in officers(body)}
    assert found == {"Gary S. Holt": ("reorganization", "Vice Chairman"), "Martin Bell": ("promotion", "Chief Financial Officer")}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("(e) On March 1, 2026, the Compensation Committee approved bonuses for Jane Q. Roe, who was appointed President in "
            "January.", "pay_arrangement_only"),
        ("(f) The salary of Jane Q. Roe, Chief Executive Officer, was not calculable when the Company filed its proxy "
            "statement.", "pay_arrangement_only"),
        ("On March 1, 2026, at the annual meeting of stockholders, Jane Q. Roe and Max B. Poe were re-elected as directors by the "
            "stockholders.", "annual_election"),
        ("On March 1, 2026, the Company and Jane Q. Roe entered into an employment agreement. If Ms. Roe's employment is terminated "
            "without cause, she will "
         "receive severance of $1,000,000 and her stock options vest.", "pay_arrangement_only"),
        ("The Board adopted a new code of conduct for every executive of the Company on March 1, 2026 after long "
            "deliberation.", "no_pattern"),
    ],
)  # fmt: skip
def test_what_is_no_change_of_officers_has_its_reason(body, reason):
    reading = read("5.02", body)
    assert (reading.events, reading.reason) == ((), reason)


def test_a_biography_is_no_change():
    body = (
        "On March 1, 2026, the Board appointed Max B. Poe as Chief Executive Officer. Mr. Poe was appointed President of Beta Corp in "
        "June 2015 and "
        "resigned from Beta Corp in 2020. Prior to that, he served as director of Gamma LLC."
    )
    assert [n for n, *_ in officers(body)] == ["Max B. Poe"]


def test_a_vote_on_item_5_07_is_no_change():
    reading = read("5.07", "At the annual meeting the stockholders elected Jane Q. Roe and Max B. Poe as directors with the votes below.")
    assert (reading.events, reading.reason) == ((), "no_relevant_item")


DEFINED = 'On March 1, 2026, Acme Robotics, Inc. ("Acme")'


def deal(item, body):
    return [
        (e.other.role, e.other.name, e.deal_stage, e.amount, e.modality) for e in read(item, body).events if e.signal_type == "acquisition"
    ]


def test_a_completed_purchase_names_the_target_and_the_whole_price():
    body = f'{DEFINED} completed its acquisition of all of the outstanding capital stock of Beta Systems, Inc. ("Beta"). The aggregate consideration consisted of a payment of $265 million in cash.'
    assert deal("2.01", body) == [("target", "Beta Systems, Inc.", "completed", Decimal("265000000.00"), "done")]


def test_a_price_in_parts_is_no_price():
    body = f'{DEFINED} acquired Beta Systems, Inc. ("Beta"). The aggregate consideration consisted of (i) 5,017,126 shares of common stock and (ii) $8.4 million in cash.'
    assert deal("2.01", body) == [("target", "Beta Systems, Inc.", "completed", None, "done")]


def test_a_merger_into_the_target_is_agreed_and_its_vehicle_is_no_company():
    body = (
        f'{DEFINED} entered into an Agreement and Plan of Merger (the "Merger Agreement") with Zinc Acquisition Corporation, a wholly '
        f"owned subsidiary of "
        'Acme ("Sub"), and Beta Systems, Inc. ("Beta"), pursuant to which Sub will merge with and into Beta.'
    )
    assert deal("1.01", body) == [("target", "Beta Systems, Inc.", "agreed", None, "planned")]


def test_a_merger_into_the_registrant_names_the_acquirer():
    body = (
        'On March 1, 2026, Acme Robotics, Inc. (the "Company") entered into an Agreement and Plan of Merger with Giant Corporation '
        '("Giant") and Big Merger Sub, Inc., a '
        'wholly owned subsidiary of Giant ("Merger Sub"), pursuant to which Merger Sub will merge with and into the Company.'
    )
    assert deal("1.01", body) == [("acquirer", "Giant Corporation", "agreed", None, "planned")]


@pytest.mark.parametrize(
    "body",
    [
        'On March 1, 2026, Acme Robotics, Inc. (the "Company") completed the sale to Buyer Holdings LLC of the Company\'s imaging '
        "division for $400 million.",
        f"{DEFINED} sold substantially all assets of its toy business to Beta Systems, Inc. for $4 million.",
    ],
)
def test_selling_our_own_is_no_acquisition(body):
    reading = read("2.01", body)
    assert [e.signal_type for e in reading.events] == []
    assert reading.reason == "asset_disposal"


@pytest.mark.parametrize(
    "body",
    [
        f"{DEFINED} acquired a license to the patents of Beta Systems, Inc.",
        f"{DEFINED} acquired 400 customers of Beta Systems, Inc.",
        f"{DEFINED} agreed to repurchase shares of its common stock from Beta Partners, L.P.",
    ],
)
def test_licences_customers_and_buy_backs_are_no_acquisition(body):
    assert deal("1.01", body) == []


def test_a_proposal_is_no_agreement_and_a_rumour_stays_one():
    proposal = f"{DEFINED} issued a press release announcing its proposal to acquire Beta Corporation."
    assert deal("8.01", proposal)[0][2:] == ("proposed", None, "planned")
    rumour = f"{DEFINED} noted reports by people familiar with the matter that it reportedly agreed to acquire Beta Corporation."
    assert deal("8.01", rumour)[0][2:] == ("rumour", None, "rumour")


def money(item, body):
    return [(e.round_type, e.amount, e.amount_qualifier, e.modality) for e in read(item, body).events if e.signal_type == "funding_round"]


def test_a_credit_facility_counts_by_its_headline_and_not_its_sublimits():
    body = f"{DEFINED} entered into a Credit Agreement. The Credit Agreement provides for a $300.0 million revolving credit facility and includes a $50.0 million letter of credit sublimit."
    assert money("1.01", body) == [("debt", Decimal("300000000.00"), None, "done")]


def test_notes_offered_and_then_sold_are_one_round():
    body = (
        f"{DEFINED} entered into a purchase agreement to offer and sell $600 million aggregate principal amount of its 2.75% Senior Notes "
        f"due 2031. On "
        "March 2, 2026, Acme closed the sale of $690 million aggregate principal amount of its 2.75% Senior Notes due 2031."
    )
    assert money("1.01", body) == [("debt", Decimal("690000000.00"), None, "done")]


@pytest.mark.parametrize(
    "body",
    [
        f"{DEFINED} amended its credit agreement to extend the maturity; the aggregate commitments under the revolving credit facility "
        f"remain at $500 million.",
        f"{DEFINED} may request an increase in the credit facility of up to $300 million.",
        f"{DEFINED} redeemed $300 million aggregate principal amount of its 6% Senior Notes.",
        "The information in Item 1.01 is incorporated herein by reference.",
    ],
)
def test_what_brings_no_new_money_is_no_round(body):
    assert money("2.03", body) == []


def test_shares_sold_for_cash_are_a_round_and_shares_paid_to_sellers_are_not():
    sold = f"{DEFINED} sold 5,760,369 shares of its common stock for a purchase price of $100.0 million to Example Fund VIII, L.P. in a private placement."
    assert money("3.02", sold) == [("unknown", Decimal("100000000.00"), None, "done")]
    paid = f"In accordance with the Merger Agreement, {DEFINED} will issue to the stockholders of Beta shares with a purchase price of $24 million."
    assert money("3.02", paid) == []


def test_earnings_and_inhibitors_come_by_their_item():
    assert [e.signal_type for e in read("2.02", "On March 1, 2026, the Company announced its results for the fourth quarter.").events] == [
        "earnings_call"
    ]
    assert [e.signal_type for e in read("1.03", "On March 1, 2026, the Company filed a voluntary petition under chapter 11.").events] == [
        "insolvency"
    ]
    assert [e.signal_type for e in read("2.05", "The Company committed to reduce its workforce by 120 positions.").events] == ["layoffs"]


def test_an_underlined_heading_is_not_what_the_item_says():
    text = f"FORM 8-K\nItem 2.02 Results of Operations and Financial Condition - ----------------\nOn March 1, 2026, Acme issued its earnings release for the quarter.{SIGNED}"
    (event,) = read_document(text).events
    assert text[event.start : event.end].startswith("On March 1, 2026, Acme issued")


def test_a_table_of_contents_gives_no_items_and_a_mention_of_an_item_opens_none():
    text = (
        f"TABLE OF CONTENTS\nItem 5.02 Departure\nItem 9.01 Exhibits\nSIGNATURE\nItem 5.02 {TITLE}\n" + "Words of the item. " * 9 + "\n"
        "Item 5.02 of this report is incorporated by reference.\nItem 9.01 Exhibits\nNone." + SIGNED
    )
    assert [i.number for i in split_items(text)] == ["5.02", "9.01"]


def test_items_are_found_in_old_plain_text_and_told_in_today_s_numbers():
    text = document_text(
        "                 FORM 8-K\n\nITEM 5.   OTHER EVENTS.\n\n     The Company moved its principal executive offices to a\nnew "
        "address.\n\nITEM 7. EXHIBITS\n\n   None.\n"
    )
    assert [i.number for i in split_items(text)] == ["8.01", "9.01"]
    assert "offices to a new address" in text


def test_hidden_parts_of_inline_xbrl_are_no_text():
    html = '<html><body><div style="display:none">secret</div><ix:header>facts</ix:header><p>Item&#160;8.01 &#147;Other&#148; Events</p></body></html>'
    assert document_text(html) == 'Item 8.01 "Other" Events'
