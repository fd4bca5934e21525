"""Drafts and the gate before them: outside text is data, nothing unproven is said, nothing creepy, one question at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from activation_fakes import DT, World, uid

from signals_pipeline.activation.message.evidence import facts_of, signals_of
from signals_pipeline.activation.message.quality import failures
from signals_pipeline.activation.message.shapes import Contact, Draft, Signal
from signals_pipeline.activation.message.spoken import harmless, spoken_amount, spoken_company, spoken_first_name
from signals_pipeline.activation.message.templates import FOLDER, StaticDrafter, common, template_of
from signals_pipeline.errors import Permanent
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.rules.seeds import seed
from signals_pipeline.settings import REPOSITORY

PRODUCT = load_profile(REPOSITORY / "config" / "profile.yml").product
CONTACT = Contact("Ada", "ACME HOLDINGS, INC.", "VP Operations")
FUNDING = Signal("funding_round", ("s1", "e1"), {"round": "Series B", "amount": "$25 million"})
TYPES = [str(r["signal_type"]) for r in seed("signal_types")]


def draft(contact: Contact = CONTACT, signal: Signal = FUNDING) -> Draft:
    return StaticDrafter(PRODUCT).draft(contact, signal)


def judged(made: Draft, contact: Contact = CONTACT, signal: Signal = FUNDING) -> list[str]:
    return failures(made, contact, signal, PRODUCT, common())


def test_the_opening_says_why_now_from_the_evidence() -> None:
    made = draft()
    assert made.greeting == "Ada" and made.spoken_company_name == "Acme Holdings"
    assert "Series B of $25 million" in made.opening and made.evidence == ("s1", "e1") and judged(made) == []


def test_without_facts_the_opening_claims_nothing() -> None:
    made = draft(signal=Signal("funding_round", ("s1",)))
    assert "$" not in made.opening and "Congratulations" not in made.opening and judged(made, signal=Signal("funding_round", ("s1",))) == []


@pytest.mark.parametrize("signal_type", TYPES)
def test_every_signal_type_has_a_message_that_passes_with_and_without_facts(signal_type: str) -> None:
    facts = {
        "round": "Series A",
        "amount": "$3 million",
        "other_company": "Bolt Works",
        "place": "Austin",
        "role": "Chief Operating Officer",
        "change": "hired",
    }
    for signal in (Signal(signal_type, ("s",), facts), Signal(signal_type, ("s",))):
        made = draft(signal=signal)
        assert judged(made, signal=signal) == [], made
        assert (made.opening + made.call_to_action).count("?") <= 1


def test_each_seed_angle_has_a_template_of_its_own() -> None:
    for signal_type in ("intent_surge", "product_signup", "feature_activation", "usage_spike", "drop_off"):
        assert template_of(signal_type)[0] == signal_type


def test_an_unknown_first_name_is_greeted_plainly() -> None:
    assert draft(replace(CONTACT, first_name=None)).greeting == "there"


# ---- text from outside is data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "evil",
    [
        "{{ product }}",
        "{{prospect.custom1}}",
        "{% for x in y %}",
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "A\r\nBcc: x@y.example",
        "http://evil.example/x",
        "${jndi}",
    ],
)
def test_markup_merge_fields_formulas_and_links_in_a_name_are_taken_out(evil: str) -> None:
    made = draft(Contact(evil, f"Acme {evil}"), replace(FUNDING, facts={"amount": evil, "round": evil}))
    for text in made.texts().values():
        assert not any(mark in text for mark in ("{{", "}}", "{%", "<script", "\n", "http://", "${")) and not text.startswith(
            ("=", "+", "-", "@")
        )


def test_a_value_is_never_read_as_a_template() -> None:
    assert "Proof" not in draft(Contact("Ada", "{{ product }} Works")).spoken_company_name


def test_html_signs_are_escaped_in_the_body() -> None:
    made = draft(signal=Signal("acquisition", ("s",), {"other_company": "Bolt & Sons"}))
    assert "Bolt &amp; Sons" in made.opening and judged(made, signal=Signal("acquisition", ("s",), {"other_company": "Bolt & Sons"})) == []


# ---- the gate refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opening": " "}, "empty:opening"),
        ({"spoken_company_name": ""}, "empty:spoken_company_name"),
        ({"greeting": "[First Name]"}, "placeholder"),
        ({"opening": "Hello {{ company }}."}, "placeholder"),
        ({"opening": "For null it matters."}, "placeholder"),
        ({"greeting": "A" * 41}, "over_length:greeting"),
        ({"opening": "Words " * 100}, "over_length:opening"),
        ({"opening": "Just checking in about it."}, "banned:just checking in"),
        ({"opening": "We can guarantee it."}, "banned:guarantee"),
        ({"opening": "Is it so?", "call_to_action": "Shall we talk?"}, "more_than_one_question"),
        ({"opening": "We saw that you compared tools."}, "surveillance:we saw"),
        ({"opening": "Your team visited a page."}, "surveillance:your team visited"),
        ({"opening": "Your intent score is high."}, "surveillance:intent score"),
        ({"opening": "It shows in 6sense."}, "surveillance:6sense"),
        ({"opening": "A <b>bold</b> claim."}, "markup"),
        ({"opening": "See www.proof.example today."}, "link"),
        ({"opening": "It saves 40 percent."}, "number_not_in_evidence:40"),
        ({"opening": "You raised $26 million."}, "number_not_in_evidence:26"),
        ({"opening": "Teams at Initech do it."}, "name_not_in_evidence:Initech"),
        ({"call_to_action": "Shall I bring Grace along?"}, "name_not_in_evidence:Grace"),
        ({"evidence": ()}, "claim_without_evidence"),
        ({"evidence": ("made-up",)}, "claim_without_evidence"),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused_with_the_reason(change: dict, reason: str) -> None:
    assert reason in judged(replace(draft(), **change))


def test_numbers_and_names_of_the_evidence_may_be_said() -> None:
    signal = Signal("acquisition", ("s",), {"other_company": "Bolt Works", "amount": "$40 million"})
    made = replace(draft(signal=signal), opening="After the $40 million deal with Bolt Works, Acme Holdings joins two teams.")
    assert judged(made, signal=signal) == []


# ---- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ACME HOLDINGS, INC.", "Acme Holdings"),
        ("Bolt Works LLC", "Bolt Works"),
        ("IBM Corp", "IBM"),
        ("acme gmbh", "Acme"),
        ("Smith & Co. Ltd", "Smith"),
        ("McAllister (UK) Limited", "McAllister"),
        (None, ""),
        ("  ", ""),
    ],
)
def test_a_company_is_named_as_it_is_said(name: str | None, said: str) -> None:
    assert spoken_company(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("ADA", "Ada"), ("ada", "Ada"), ("Ada Maria", "Ada"), ("A.", ""), ("Team 7", "Team"), ("x9", ""), ("Anne-Marie", "Anne-Marie")],
)
def test_a_first_name_is_said_or_left_out(name: str, said: str) -> None:
    assert spoken_first_name(name) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("25000000"), "USD", "$25 million"),
        (Decimal("1250000"), "EUR", "€1.2 million"),
        (2_999_999_999, "GBP", "£2.9 billion"),
        (999, "USD", "$999"),
        (5_000_000, "CHF", "5 million CHF"),
        (0, "USD", ""),
        (None, "USD", ""),
    ],
)
def test_an_amount_is_never_rounded_up(amount, currency: str, said: str) -> None:
    assert spoken_amount(amount, currency) == said


def test_control_characters_do_not_survive() -> None:
    assert harmless("a\x00b\u202ec\td") == "a b c d"


# ---- evidence and files ------------------------------------------------------------------------------------------


def test_only_done_events_are_facts_and_their_ids_are_the_evidence(world: World) -> None:
    signal_id = uid("signal", "acme")
    episode = signal_id.replace("-", "")
    world.rt.lake.write("episode_links", DT, [{"event_id": e, "episode_id": episode} for e in ("e1", "e2")])
    world.rt.lake.write(
        "events",
        DT,
        [
            {"event_id": "e1", "modality": "done", "round_type": "series_b", "amount": Decimal("25000000"), "currency": "USD"},
            {"event_id": "e2", "modality": "rumour", "place": "Mars"},
        ],
    )
    signal = signals_of(world.rt, [(signal_id, "funding_round")], DT)[signal_id]
    assert signal.evidence == (signal_id, "e1", "e2") and signal.facts == {"round": "Series B", "amount": "$25 million"}


def test_a_signal_without_events_carries_its_own_id(world: World) -> None:
    assert signals_of(world.rt, [(uid("x"), "usage_spike")], date(2026, 6, 29))[uid("x")].evidence == (uid("x"),)


def test_an_unknown_round_is_not_named() -> None:
    assert facts_of({"round_type": "unknown", "amount": None, "amount_usd": Decimal("1000000")}) == {"amount": "$1 million"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("angle: x\nopenings: [{text: 'Hi {{ nobody }}'}]\ncall_to_action: y", "no value nobody"),
        ("angle: x\nopenings: [{text: a, needs: [amount]}]\ncall_to_action: y", "must need no fact"),
        ("angle: x\nopening: z\ncall_to_action: y", "opening"),
        ("angle: [", "expected"),
    ],
)
def test_a_malformed_template_is_named(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "default.yml").write_text(text)
    with pytest.raises(Permanent, match=word):
        StaticDrafter(PRODUCT, tmp_path).draft(CONTACT, Signal("news_mention", ("s",)))


def test_a_missing_template_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="no template"):
        StaticDrafter(PRODUCT, tmp_path).draft(CONTACT, FUNDING)


def test_every_template_file_belongs_to_a_signal_type() -> None:
    assert {p.stem for p in FOLDER.glob("*.yml")} <= {*TYPES, "default", "_common"}
