"""The environment is read in one place, and every wrong name is answered with the nearest right one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from signals_pipeline.errors import Permanent
from signals_pipeline.settings import Clock, load_settings, read_env_file


def test_an_unknown_setting_is_refused_with_the_nearest_known_name(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="SALESFORCE_URL"):
        load_settings({"SIGNALS_SALESFORCE_ULR": "x"}, home=tmp_path)


def test_a_malformed_setting_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="SIGNALS_SPEED"):
        load_settings({"SIGNALS_SPEED": "fast"}, home=tmp_path)


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    assert load_settings({"PATH": "/bin", "HOME": "/root"}, home=tmp_path).home == tmp_path.resolve()


def test_the_sandbox_file_is_not_read_when_a_vendor_credential_is_set(tmp_path: Path) -> None:
    (tmp_path / "sandbox.env").write_text("SIGNALS_CLOCK_URL=http://127.0.0.1:1/clock\nSIGNALS_MODE=auto\n")
    assert load_settings({}, home=tmp_path).mode == "auto"
    real = load_settings({"SIGNALS_SALESFORCE_CLIENT_ID": "abc"}, home=tmp_path)
    assert (real.mode, real.clock_url) == ("dry_run", "")


def test_a_broken_line_of_the_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.env").write_text("# fine\n\nA=1\nnonsense\n")
    with pytest.raises(Permanent, match=r"e\.env:4"):
        read_env_file(tmp_path / "e.env")


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load_settings({"SIGNALS_OUTREACH_CLIENT_SECRET": "hush"}, home=tmp_path)
    assert "hush" not in repr(settings) and settings.secret("outreach_client_secret") == "hush"


def test_a_frozen_clock_tells_its_time_in_utc() -> None:
    assert Clock(frozen=datetime(2026, 6, 30, 6, 5)).now() == datetime(2026, 6, 30, 6, 5, tzinfo=UTC)


def test_a_clock_url_off_this_machine_is_refused() -> None:
    with pytest.raises(Permanent, match="this machine"):
        Clock(url="http://clock.example.com").now()
