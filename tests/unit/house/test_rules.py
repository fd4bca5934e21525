"""Profile, seeds, days."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.profile import load_profile
from signals_pipeline.rules.seeds import seed
from signals_pipeline.rules.windows import closing_dt, dt_of, window_of
from signals_pipeline.settings import REPOSITORY

NEW_YORK = "America/New_York"


def _profile(tmp_path: Path, **changes: object) -> Path:
    told = yaml.safe_load((REPOSITORY / "config" / "profile.yml").read_text())
    for place, value in changes.items():
        *parents, last = place.split("__")
        node = told
        for parent in parents:
            node = node[parent]
        node[last] = value
    path = tmp_path / "profile.yml"
    path.write_text(yaml.safe_dump(told))
    return path


def test_an_unknown_profile_key_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="did you mean daily_cap"):
        load_profile(_profile(tmp_path, priorities__daily_capp=3))


def test_a_value_out_of_range_names_its_key(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match=r"priorities\.holdout_share"):
        load_profile(_profile(tmp_path, priorities__holdout_share=1.5))


def test_a_missing_profile_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="SIGNALS_PROFILE_PATH"):
        load_profile(tmp_path / "none.yml")


def test_a_profile_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_text("a: [")
    with pytest.raises(Permanent, match="not YAML"):
        load_profile(tmp_path / "p.yml")


def test_a_ragged_seed_row_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(Permanent, match=r"odd\.csv:3"):
        seed("odd", tmp_path)


def test_an_unknown_seed_is_refused() -> None:
    with pytest.raises(Permanent, match="signal_types"):
        seed("signal_type")


def test_every_signal_type_has_a_positive_half_life_and_a_window() -> None:
    assert all(int(r["half_life_days"] or 0) > 0 and int(r["episode_window_days"] or 0) > 0 for r in seed("signal_types"))


def test_a_day_ends_at_six_in_the_profiles_zone() -> None:
    six = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)  # 06:00 in New York, summer time
    assert dt_of(six - timedelta(seconds=1), NEW_YORK) == date(2026, 3, 15)
    assert dt_of(six, NEW_YORK) == date(2026, 3, 16)
    assert closing_dt(six, NEW_YORK) == date(2026, 3, 15)


def test_windows_meet_without_gap_across_the_change_of_clocks() -> None:
    days = [window_of(date(2026, 3, 6) + timedelta(days=i), NEW_YORK) for i in range(4)]
    assert all(a.end == b.start for a, b in pairwise(days))
    assert days[1].end - days[1].start == timedelta(hours=23)
