"""What a killed backfill had finished stands, and is computed again as soon as anything that it was made of is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from signals_pipeline import backfill
from signals_pipeline.backfill import Course, Part, stored
from signals_pipeline.errors import Permanent
from signals_pipeline.io import ops
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import REPOSITORY, load_settings

FIRST, LAST = date(2026, 4, 20), date(2026, 6, 10)
MONTHS = [Part(FIRST, date(2026, 4, 30)), Part(date(2026, 5, 1), date(2026, 5, 31)), Part(date(2026, 6, 1), LAST)]


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    made = build_runtime(load_settings({}, home=tmp_path, now=datetime(2026, 6, 30, 11, tzinfo=UTC)))
    said(made, date(2026, 4, 25))
    score(made, date(2026, 4, 25))
    yield made
    made.ops.dispose()


def said(rt: Runtime, day: date, name: str = "Acme") -> None:
    rt.lake.write("mentions", day, [{"mention_id": "m", "name": name}])


def score(rt: Runtime, day: date, company: str = "acme") -> None:
    rt.lake.write("account_scores", day, [{"company_id": company, "model": "rule"}], stream="rule")


def test_a_part_is_cut_into_pieces_that_are_all_of_its_days_once() -> None:
    april = MONTHS[0]._replace(since=date(2026, 4, 1))
    assert april.pieces(31) == [april]
    assert [(p.since.day, p.until.day) for p in april.pieces(7)] == [(1, 7), (8, 14), (15, 21), (22, 28), (29, 30)]
    assert sum(p.days for p in april.pieces(1)) == len(april.pieces(1)) == 30
    assert Part(FIRST, FIRST).pieces(7) == [Part(FIRST, FIRST)]


def course(rt: Runtime, since: date = FIRST, until: date = LAST) -> Course:
    return Course(rt, "record", since, until)


def killed_in_may(rt: Runtime) -> None:
    first, made = course(rt), stored(rt, "account_scores")
    assert first.left("scores", made) == MONTHS
    first.finish("scores", MONTHS[0], made)


def left(rt: Runtime, **range_: date) -> list[Part]:
    return course(rt, **range_).left("scores", stored(rt, "account_scores"))


def test_a_killed_range_goes_on_with_the_month_that_was_not_finished(rt: Runtime) -> None:
    killed_in_may(rt)
    again = course(rt)
    assert again.left("scores", stored(rt, "account_scores")) == MONTHS[1:]
    assert again.stood == {"scores": 11}


def test_a_range_that_ended_is_computed_anew(rt: Runtime) -> None:
    killed_in_may(rt)
    course(rt).end()
    assert left(rt) == MONTHS


def test_another_range_and_another_step_go_on_from_nothing(rt: Runtime) -> None:
    killed_in_may(rt)
    assert left(rt, since=FIRST, until=date(2026, 6, 11))[0] == MONTHS[0]
    assert course(rt).left("features", stored(rt, "account_scores")) == MONTHS


def test_nothing_is_taken_over_after_a_month_that_is_computed(rt: Runtime) -> None:
    made = stored(rt, "account_scores")
    for part in MONTHS:
        course(rt).finish("scores", part, made)
    assert left(rt) == []
    said(rt, date(2026, 5, 3))
    assert left(rt) == MONTHS[1:]


def test_a_single_day_leaves_no_note(rt: Runtime) -> None:
    one = Course(rt, "record", FIRST, FIRST)
    one.finish("scores", Part(FIRST, FIRST), stored(rt, "account_scores"))
    with rt.ops.connect() as connection:
        assert connection.execute(sa.select(ops.cursors)).all() == []


def _lighter(rt: Runtime) -> Runtime:
    scoring = rt.profile.scoring.model_copy(update={"weights": rt.profile.scoring.weights | {"funding_round": 0.9}})
    return replace(rt, profile=rt.profile.model_copy(update={"scoring": scoring}))


def _promoted(rt: Runtime) -> Runtime:
    (rt.settings.home / "models").mkdir()
    (rt.settings.home / "models" / "champions.jsonl").write_text("{}\n")
    return rt


def _then(change: Callable[[Runtime], None]) -> Callable[[Runtime], Runtime]:
    def changed(rt: Runtime) -> Runtime:
        change(rt)
        return rt

    return changed


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_lighter, id="a rule"),
        pytest.param(_promoted, id="a model"),
        pytest.param(_then(lambda rt: said(rt, date(2026, 4, 30))), id="what was known by then"),
        pytest.param(_then(lambda rt: score(rt, date(2026, 4, 25), "bolt")), id="what was made"),
        pytest.param(_then(lambda rt: score(rt, date(2026, 4, 19))), id="the day before, which the first day leans on"),
    ],
)
def test_a_finished_month_is_computed_again_when_another_is(rt: Runtime, change: Callable[[Runtime], Runtime]) -> None:
    killed_in_may(rt)
    assert left(change(rt)) == MONTHS


def test_a_finished_month_is_computed_again_by_other_code(rt: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code" / "ml").mkdir(parents=True)
    monkeypatch.setattr(backfill, "REPOSITORY", tmp_path / "code")
    (tmp_path / "code" / "ml" / "score.py").write_text("a = 1\n")
    killed_in_may(rt)
    assert left(rt) == MONTHS[1:]
    (tmp_path / "code" / "ml" / "score.py").write_text("a = 2\n")
    assert left(rt) == MONTHS


def test_what_came_to_be_known_later_leaves_a_finished_month_alone(rt: Runtime) -> None:
    killed_in_may(rt)
    said(rt, date(2026, 5, 1), "Bolt")
    score(rt, date(2026, 5, 2))
    assert left(rt) == MONTHS[1:]


def test_every_folder_whose_code_is_hashed_is_there() -> None:
    assert [name for name in backfill._CODE if not backfill._files(REPOSITORY / name)] == []


def test_unreadable_notes_are_refused_with_the_row_to_delete(rt: Runtime) -> None:
    killed_in_may(rt)
    with rt.ops.begin() as connection:
        connection.execute(ops.cursors.update().values(value="{"))
    with pytest.raises(Permanent, match=r"backfill/record/2026-04-20\.\.2026-06-10 .* delete the row"):
        left(rt)
