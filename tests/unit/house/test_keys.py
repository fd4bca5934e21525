"""Keys."""

import pytest

from signals_pipeline.keys import as_uuid, domain_of, email_key, md5, normal_email


def test_parts_cannot_run_into_each_other() -> None:
    assert md5("ab", "c") != md5("a", "bc") and md5("a", None) == md5("a", "")


def test_an_address_has_one_key_however_it_is_typed_and_none_without_the_secret() -> None:
    assert email_key(" Dana@Acme.example ", "k") == email_key("dana@acme.example", "k") != email_key("dana@acme.example", "other")


@pytest.mark.parametrize("bad", ["", None, "dana", "dana@", "@acme.example", "a b@acme.example", "a@b.example,c@d.example"])
def test_what_is_no_address_has_no_key(bad: str | None) -> None:
    assert normal_email(bad) is None and email_key(bad, "k") is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.acme.co.uk/x", "acme.co.uk"),
        ("dana@mail.acme.example", "acme.example"),
        ("acme.github.io", "acme.github.io"),
        ("localhost", None),
        ("", None),
    ],
)
def test_the_registrable_domain(text: str, domain: str | None) -> None:
    assert domain_of(text) == domain


def test_an_md5_is_shown_as_a_uuid() -> None:
    assert len(as_uuid(md5("x"))) == 36
