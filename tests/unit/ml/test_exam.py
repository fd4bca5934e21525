"""The exam: honest in time, names leaks, abstains without skill."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ml_tables import leads, table

from ml import exam, model
from ml.leaks import suspects
from ml.table import BadTable, column, labels, of_frame, read
from ml.train import known_by


def test_skill_that_is_there_is_found_and_judged_on_the_last_fifth() -> None:
    report = exam.judge(table())
    assert report["abstains"] is False
    assert report["auc"] > 0.7
    assert (report["train_rows"], report["test_rows"]) == (960, 240)
    assert report["leaks"] == []
    assert set(report["baselines"]) == {"logistic_regression", "hist_gradient_boosting"}
    assert report["configurations_tried"] == len(report["inner"]) == 11


def test_a_number_too_large_for_a_booster_is_a_very_large_number() -> None:
    far = table(odd=lambda frame, r: np.where(frame.index % 97 == 0, 1e300, r.normal(size=len(frame))))
    assert exam.judge(far)["auc"] > 0.7


def test_without_skill_it_abstains_and_says_why() -> None:
    report = exam.judge(table(skill=0.0))
    assert report["abstains"] is True
    assert "no skill" in report["abstained_because"]


def test_too_few_of_one_outcome_is_an_abstention_not_a_number() -> None:
    frame = leads()
    frame["won"] = [1 if i % 60 == 0 else 0 for i in range(len(frame))]
    report = exam.judge(of_frame(frame, "won", "created_on"))
    assert report["abstains"]
    assert report["auc"] is None
    assert "too little" in report["abstained_because"]


def test_one_outcome_in_the_last_fifth_is_an_abstention() -> None:
    frame = leads()
    frame.loc[960:, "won"] = 0
    report = exam.judge(of_frame(frame, "won", "created_on"))
    assert report["abstains"]
    assert "one outcome only" in report["abstained_because"]


def later(frame: pd.DataFrame, days: np.ndarray) -> pd.Series:
    return (pd.to_datetime(frame["created_on"]) + pd.to_timedelta(days, "D")).dt.strftime("%Y-%m-%d")


LEAKS = {
    "the_label_again": (lambda f, r: f["won"].map({1: "a", 0: "b"}), "separates"),
    "nearly_the_label": (lambda f, r: np.where(r.random(len(f)) < 0.04, 1 - f["won"], f["won"]) + r.normal(size=len(f)) * 0.1, "separates"),
    "deal_value": (lambda f, r: np.where(f["won"] == 1, r.integers(100, 900, len(f)), 0), "separates"),
    "loss_text": (lambda f, r: np.where((f["won"] == 0) & (r.random(len(f)) < 0.3), "too dear", ""), "filled_after"),
    "signed_by": (lambda f, r: np.where(f["won"] == 1, "someone", ""), "separates"),
    "closed_at": (lambda f, r: later(f, r.integers(1, 90, len(f))), "dated_after"),
    "call_duration": (lambda f, r: np.where(f["won"] == 1, 300, 150) + r.normal(size=len(f)) * 120, "named_after"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_a_column_that_knows_the_outcome_is_named_and_left_out(name: str) -> None:
    made, code = LEAKS[name]
    found = suspects(table(**{name: made}))
    assert list(found) == [name]
    assert any(reason.startswith(code) for reason in found[name])


@pytest.mark.parametrize("name", ["expected_close_date", "previous_outcome", "buying_stage_6sense", "stage_level_30d_6sense"])
def test_what_was_known_before_is_no_leak_whatever_its_name(name: str) -> None:
    made = {
        "buying_stage_6sense": lambda f, r: (1.6 * f["won"] + r.normal(size=len(f))).round(2),
        "stage_level_30d_6sense": lambda f, r: (2.0 * f["won"] + r.normal(size=len(f))).round(3),
        "expected_close_date": lambda f, r: (pd.to_datetime(f["created_on"]) + pd.Timedelta(days=30)).dt.strftime("%Y-%m-%d"),
        "previous_outcome": lambda f, r: np.where(r.random(len(f)) < 0.8, f["won"], 1 - f["won"]),
    }[name]
    assert suspects(table(**{name: made})) == {}


def test_a_leak_does_not_raise_the_judged_number() -> None:
    honest = exam.judge(table())
    leaky = exam.judge(table(deal_value=LEAKS["deal_value"][0]))
    assert leaky["leaks"] == ["deal_value"]
    assert leaky["auc"] == pytest.approx(honest["auc"], abs=0.02)


def test_the_last_fifth_is_never_seen_while_learning() -> None:
    frame = leads()
    turned = frame.copy()
    turned.loc[960:, "won"] = 1 - turned.loc[960:, "won"]
    one, other = (exam.judge(of_frame(f, "won", "created_on")) for f in (frame, turned))
    assert one["inner"] == other["inner"]
    assert one["chosen"] == other["chosen"]
    assert one["auc"] == pytest.approx(1 - other["auc"], abs=1e-3)


def test_rows_are_sorted_by_the_order_whatever_the_file_says(tmp_path: Path) -> None:
    frame = leads()
    sorted_file, mixed_file = tmp_path / "a.csv", tmp_path / "b.csv"
    frame.to_csv(sorted_file, index=False)
    frame.sample(frac=1, random_state=3).to_csv(mixed_file, index=False)
    one, other = (exam.exam(f, "won", "created_on") for f in (sorted_file, mixed_file))
    assert one["auc"] == other["auc"]
    assert exam.exam(sorted_file, "won", "time")["order"] == "created_on"


def test_labels_that_were_not_known_at_the_cut_are_left_out() -> None:
    judged = exam.judge(table(), horizon=30)
    assert judged["purged_rows"] > 100
    kept = known_by(table(), 20_000.0, 30.0)
    assert kept.order.max() <= 19_970.0


def test_the_same_table_gives_the_same_report() -> None:
    assert exam.judge(table()) == exam.judge(table())


def test_reasons_add_up_to_the_score_and_survive_saving(tmp_path: Path) -> None:
    told = table()
    report = exam.judge(told, save_to=tmp_path / "m")
    again = model.load(tmp_path / "m", report["columns"])
    names, points, base = again.reasons(told)
    p = again.probability(told)
    assert np.allclose(points.sum(axis=1) + base, np.log(p / (1 - p)), atol=1e-4)
    assert {"size", "source=partner"} & {n.removeprefix("rank of ") for n in names}


def test_a_model_refuses_other_columns_another_file_and_another_format(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    columns = exam.judge(table(), save_to=folder)["columns"]
    with pytest.raises(model.FeaturesDiffer, match="extra"):
        model.load(folder, [*columns, "extra"])
    booster = folder / "booster_0.json"
    kept = booster.read_bytes()
    booster.write_bytes(kept + b" ")
    with pytest.raises(model.FeaturesDiffer, match="not the file"):
        model.load(folder)
    booster.write_bytes(kept)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(model.FeaturesDiffer, match="99"):
        model.load(folder)


@pytest.mark.parametrize(
    ("label", "order", "says"),
    [
        ("nope", "row", "no column 'nope'"),
        ("source", "row", "two values"),
        ("won", "nope", "no column 'nope'"),
        ("won", "source", "neither times nor numbers"),
    ],
)
def test_a_table_that_cannot_be_judged_is_refused_by_name(label: str, order: str, says: str) -> None:
    with pytest.raises(BadTable, match=says):
        of_frame(leads(), label, order)


def test_a_missing_file_and_an_unknown_exclusion_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"nothing\.csv"):
        read(tmp_path / "nothing.csv", "y")
    with pytest.raises(BadTable, match="nope"):
        exam.judge(table(), exclude=["nope"])


def test_open_outcomes_are_not_known_yet_and_are_counted() -> None:
    y, known, said = labels(pd.Series(["Won", "Lost", "Engaging", "", "Won"]))
    assert y[known].tolist() == [1, 0, 1]
    assert known.tolist() == [True, True, False, False, True]
    assert said == "yes is 'won'"
    with pytest.raises(BadTable):
        labels(pd.Series(["a", "b", "c"]))


def test_columns_are_read_as_what_they_hold() -> None:
    assert column(pd.Series(["1", "2.5", ""]))[1] == "number"
    assert column(pd.Series(["2024-01-01", "2024-02-30x", "2024-01-02"]))[1] == "text"
    assert column(pd.Series(["2024-01-01", "", "2024-01-02"]))[0][0] == 19723.0
    assert column(pd.Series(["a", None, "?"]))[0].tolist() == ["a", None, None]


def test_the_command_prints_one_object_or_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leads.csv"
    leads().to_csv(path, index=False)
    assert exam.main([str(path), "--label", "won", "--order", "created_on", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1200
    assert exam.main([str(path), "--label", "won", "--order", "created_on"]) == 0
    assert capsys.readouterr().out.startswith("VERDICT: ")
    assert exam.main([str(path), "--label", "nope"]) == 1
    assert capsys.readouterr().err.startswith("error no column 'nope'")


@pytest.mark.parametrize("horizon", [-5.0, float("nan"), float("inf")])
def test_a_horizon_that_is_none_is_refused(horizon: float) -> None:
    with pytest.raises(BadTable, match="is none: say how many days"):
        exam.judge(table(), horizon=horizon)
