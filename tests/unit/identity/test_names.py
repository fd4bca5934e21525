"""Company names: what is name, what is form, and what keeps two names apart."""

import pytest

from signals_pipeline.identity.names import parts

# from our own run of another library: each of these it got wrong
MISSED_ELSEWHERE = [
    ("Acme UG (haftungsbeschränkt)", "acme"),
    ("Acme Public Limited Company", "acme"),
    ("Acme Community Interest Company", "acme"),
    ("Acme Co., Ltd.", "acme"),
    ("Acme AG & Co. KGaA", "acme"),
    ("Acme DAC", "acme"),
    ("Acme CLG", "acme"),
    ("Acme Cyf", "acme"),
    ("Acme Cyfyngedig", "acme"),
    ("Acme CCC", "acme"),
    ("Acme S.à r.l.", "acme"),
    ("Acme Société Anonyme", "acme"),
    ("株式会社アクメ", "アクメ"),
    ("アクメ株式会社", "アクメ"),
    ("ООО Акме", "акме"),
]
FORMS = [
    "Ltd",
    "Limited",
    "PLC",
    "GmbH & Co. KG",
    "Inc",
    "Inc.",
    ", Inc.",
    "Sp. z o.o.",
    "Oy Ab",
    "CIC",
    "S.p.A.",
    "A/S",
    "Pty Ltd",
    "(Pty) Ltd",
    "Private Limited",
    "B.V.",
    "LLP",
    "SE",
    "K.K.",
    "SAS",
    "d.o.o.",
    "A.Ş.",
    "Ltd. Şti.",
    "N.V.",
    "N V",
    "Sdn Bhd",
    "L.L.C.",
    "Corporation",
    "SA de CV",
    "s.r.o.",
    "Kft.",
    "OÜ",
    "UAB",
    "AB (publ)",
    "Pte Ltd",
    "Aktiengesellschaft",
    "gGmbH",
    "e.V.",
    "FZ-LLC",
    "Lda",
    "ApS",
]


@pytest.mark.parametrize(("name", "core"), MISSED_ELSEWHERE)
def test_forms_that_another_library_missed_are_taken_off(name: str, core: str) -> None:
    assert parts(name).core == core


@pytest.mark.parametrize("form", FORMS)
def test_a_legal_form_at_the_end_is_no_part_of_the_name(form: str) -> None:
    assert parts(f"Acme {form}").core == "acme"


@pytest.mark.parametrize(
    ("name", "core"),
    [("The Limited", "limited"), ("AG Barr", "ag barr"), ("SE10", "se10"), ("Limited", "limited"), ("Co Co", "co"), ("AG", "ag")],
)
def test_a_name_is_never_stripped_to_nothing(name: str, core: str) -> None:
    assert parts(name).core == core


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I.B.M. Corp", "IBM"),
        ("Smith & Jones Ltd", "Smith and Jones"),
        ("Müller und Söhne GmbH", "Muller & Sohne"),
        ("The Homs Refinery Company", "HOMS REFINERY CORPORATION"),
        ("Good Will Company", "Goodwill Co"),
        ("A B C Company", "ABC Company"),
        ("AMERCO /NV/", "Amerco"),
        ("INSIGNIA SYSTEMS INC/MN", "Insignia Systems, Inc."),
        ("O’Neil Inc", "O'Neil, Inc."),
    ],
)
def test_spellings_of_one_name_are_compact_to_the_same(one: str, other: str) -> None:
    assert parts(one).compact == parts(other).compact
    assert parts(one).hard_key == parts(other).hard_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme UK Ltd", "Acme France SAS"),
        ("Acme (UK) Ltd", "Acme Ltd"),
        ("Acme (Holdings) Limited", "Acme Limited"),
        ("Acme Bidco Ltd", "Acme Topco Ltd"),
        ("Acme Fund II LP", "Acme Fund III LP"),
        ("Acme 1 Ltd", "Acme 2 Ltd"),
        ("Acme Group plc", "Acme plc"),
    ],
)
def test_group_words_numbers_and_country_tails_keep_names_apart(one: str, other: str) -> None:
    assert parts(one).hard_key != parts(other).hard_key


def test_trading_names_and_states_of_being_are_attributes() -> None:
    found = parts("Acme Ltd t/a Beta Services")
    assert (found.core, found.alias) == ("acme", "beta services")
    assert parts("Acme Limited (in liquidation)").core == "acme"
    assert parts("Acme Limited (in liquidation)").status == "in liquidation"
    assert parts("Acme Inc d/b/a Gamma").alias == "gamma"


def test_cyrillic_keeps_its_letters() -> None:
    assert parts('ООО "БАЙ"').core == "бай"
    assert parts('ООО "БАЙКАЛ"').compact != parts('ООО "БАЙ"').compact


def test_no_name_has_no_parts() -> None:
    assert parts(None) is None
    assert parts("  ") is None
