from __future__ import annotations

from typing import Any

import pytest

from signals_pipeline.rules.seeds import seed
from signals_pipeline.scoring.sentences import ago, money, sentence


@pytest.mark.parametrize(
    ("kind", "facts", "age", "said"),
    [
        (
            "funding_round",
            {
                "round_type": "seed",
                "amount": 1_500_000,
                "currency": "EUR",
                "dataset": "file_drop__funding",
                "known_at_basis": "announcement",
            },
            1,
            "Seed round of €1.5m announced yesterday (file drop)",
        ),
        (
            "funding_round",
            {"round_type": "unknown", "dataset": "sec_edgar__filings", "form": "D/A", "known_at_basis": "filing"},
            0,
            "Funding round filed today (Form D/A)",
        ),
        (
            "executive_change",
            {"change_type": "departure", "title": "Chief Financial Officer", "form": "8-K", "known_at_basis": "acceptance"},
            9,
            "Departure of Chief Financial Officer filed 9 days ago (8-K)",
        ),
        (
            "acquisition",
            {"other_company_name": "Bolt Inc", "amount": 2_000_000_000, "currency": "USD"},
            2,
            "Acquisition with Bolt Inc for $2bn seen 2 days ago",
        ),
        (
            "acquisition",
            {
                "other_company_name": "Bolt Inc",
                "change_type": "acquires",
                "deal_stage": "agreed",
                "form": "8-K",
                "known_at_basis": "acceptance",
            },
            2,
            "Acquisition of Bolt Inc (agreed, not closed) filed 2 days ago (8-K)",
        ),
        (
            "acquisition",
            {"other_company_name": "Bolt Inc", "change_type": "is_acquired", "deal_stage": "completed", "amount": 5e6, "currency": "USD"},
            2,
            "Sale to Bolt Inc for $5m seen 2 days ago",
        ),
        ("funding_round", {"round_type": "ipo", "amount": 1e8, "currency": "USD"}, 3, "Public offering of $100m seen 3 days ago"),
        ("technology_adoption", {"subject": "DocuVault", "change_type": "removed"}, 4, "Removal of DocuVault seen 4 days ago"),
        ("technology_adoption", {"subject": "DocuVault", "change_type": "added"}, 4, "Adoption of DocuVault seen 4 days ago"),
        (
            "job_posting",
            {"department": "hr", "dataset": "file_drop__job_posting", "known_at_basis": "pulled"},
            0,
            "Hiring in HR seen today (file drop)",
        ),
        ("job_posting", {"department": "customer_success"}, 0, "Hiring in customer success seen today"),
        ("expansion", {"place": "Austin, US", "change_type": "new_office"}, 4, "New office in Austin, US seen 4 days ago"),
        (
            "intent_surge",
            {"buying_stage": "Decision", "dataset": "sixsense__account_scores", "known_at_basis": "pulled"},
            3,
            "Research on our topics in Decision stage seen 3 days ago (6sense)",
        ),
        ("usage_spike", {"dataset": "product_db__daily_events"}, 0, "Usage far above its usual level seen today (product data)"),
        ("recent_loss", {}, 40, "Lost deal with us closed 40 days ago"),
    ],
)
def test_a_reason_is_a_sentence_a_salesperson_understands(kind: str, facts: dict[str, Any], age: int, said: str) -> None:
    assert sentence(kind, facts, age) == said


def test_every_signal_type_and_inhibitor_has_words_even_without_facts() -> None:
    kinds = [*(r["signal_type"] for r in seed("signal_types")), *(r["inhibitor"] for r in seed("inhibitor_rules"))]
    for kind in kinds:
        assert "_" not in sentence(str(kind), {}, 2) and sentence(str(kind), {}, 2).endswith("2 days ago")


def test_money_and_days_in_words() -> None:
    assert [
        money(a, c) for a, c in ((999, "USD"), (1_250_000, "GBP"), (40e6, "SEK"), (None, "USD"), (0, "USD"), (float("nan"), "USD"))
    ] == [
        "$999",
        "£1.2m",
        "SEK 40m",
        None,
        None,
        None,
    ]
    assert [ago(d) for d in (-1, 0, 1.9, 2)] == ["today", "today", "yesterday", "2 days ago"]
