# ruff: noqa: E501 - invented documents are long lines
"""Money raised in its many forms, each invented: kind, amount, currency, done or planned, lead investor."""

import pytest
from invented_item import item_text, read_document

FORMS = {
    "proceeds_told_later": (
        "3.02",
        "On March 1, 2026, the Company entered into a Securities Purchase Agreement with accredited investors for the private placement of 4,000,000 shares of common stock at $5.00 per share. The Company received gross proceeds of approximately $20.0 million.",
        [("unknown", "20000000.00", "USD", "done", None)],
        None,
    ),
    "series_by_name_and_lead": (
        "8.01",
        "On March 1, 2026, the Company closed a $40 million Series B financing led by Fjord Ventures, with participation from existing investors.",
        [("series_b", "40000000.00", "USD", "done", "Fjord Ventures")],
        None,
    ),
    "grant": (
        "1.01",
        "On March 1, 2026, the Company received a grant of $9.8 million from the Department of Energy.",
        [("grant", "9800000.00", "USD", "done", None)],
        None,
    ),
    "two_tranches": (
        "1.01",
        "On March 1, 2026, the Company entered into a Credit Agreement, which provides for (i) a $150.0 million term loan facility and (ii) a $100.0 million revolving credit facility and replaces the existing credit agreement.",
        [("debt", "250000000.00", "USD", "done", None)],
        None,
    ),
    "headline_of_parts": (
        "1.01",
        "The Credit Agreement entered into on March 1, 2026 provides for credit facilities in an aggregate principal amount of $350.0 million, consisting of a $250.0 million term loan and a $100.0 million revolving credit facility.",
        [("debt", "350000000.00", "USD", "done", None)],
        None,
    ),
    "drawn": (
        "2.03",
        "On March 1, 2026, the Company borrowed $75.0 million under its delayed draw term loan facility.",
        [("debt", "75000000.00", "USD", "done", None)],
        None,
    ),
    "sponsor_note": (
        "2.03",
        "On March 1, 2026, the Company issued an unsecured promissory note in the principal amount of up to $1,500,000 to Gull Sponsor LLC.",
        [("debt", "1500000.00", "USD", "done", None)],
        None,
    ),
    "securitization": (
        "1.01",
        "On March 1, 2026, Acme Receivables LLC, a subsidiary, entered into a $120 million accounts receivable securitization facility with Anchor Bank.",
        [("debt", "120000000.00", "USD", "done", None)],
        None,
    ),
    "notes_by_rate": (
        "8.01",
        "On March 1, 2026, the Company completed the public offering of $500,000,000 of its 4.90% Senior Notes due 2031 and $750,000,000 of its 5.35% Senior Notes due 2036.",
        [("debt", "1250000000.00", "USD", "done", None)],
        None,
    ),
    "subscription": (
        "3.02",
        "On March 1, 2026, pursuant to a subscription agreement, the Company issued 1,500,000 shares of common stock to Heron Fund LP for an aggregate price of $9,000,000.",
        [("unknown", "9000000.00", "USD", "done", None)],
        None,
    ),
    "incremental": (
        "1.01",
        "On March 1, 2026, the Company entered into Amendment No. 2 to the Credit Agreement, which, among other things, provides for a new incremental term loan in an aggregate principal amount of $125.0 million.",
        [("debt", "125000000.00", "USD", "done", None)],
        None,
    ),
    "another_companys_shares": (
        "1.01",
        "On March 1, 2026, the Company entered into a Share Purchase Agreement with Redleaf Group Limited to acquire all of the issued and outstanding shares of Studio Nab Co., Ltd. for an aggregate purchase price of $150 million.",
        [],
        None,
    ),
    "at_the_market_is_no_sale": (
        "1.01",
        "On March 1, 2026, the Company entered into a Sales Agreement with Bridle Securities, LLC under which it may offer and sell, from time to time, shares of common stock having an aggregate offering price of up to $50.0 million.",
        [],
        "no_pattern",
    ),
    "stock_grant_is_no_grant": (
        "3.02",
        "On March 1, 2026, the Company awarded its chief executive officer a stock grant of $2.0 million.",
        [],
        "no_pattern",
    ),
    "foreign_currency": (
        "1.01",
        "On March 1, 2026, the Company entered into a term loan agreement in an aggregate principal amount of €50 million with Rhein Bank.",
        [("debt", "50000000.00", "EUR", "done", None)],
        None,
    ),
}


def read(item, body):
    return read_document(item_text(item, body))


@pytest.mark.parametrize("form", FORMS)
def test_money_is_told_in_many_forms(form):
    item, body, expected, _ = FORMS[form]
    rounds = [e for e in read(item, body).events if e.signal_type == "funding_round"]
    assert [(e.round_type, str(e.amount), e.currency, e.modality, e.investors) for e in rounds] == expected
