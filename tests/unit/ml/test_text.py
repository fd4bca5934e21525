"""Free text is one column of the model: its words can be named, no row sees its own label, the sense is optional."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ml_tables import leads, table

from ml import boosting, exam, features, model, score, text, train
from ml.encoder import NoEncoder, encoder, is_installed
from ml.evaluate import profile, shift
from ml.leaks import suspects
from ml.table import Table, of_frame

WANTS = ("we need pricing for the whole team", "please show us the integration with our crm", "budget is approved for this quarter")
LOOKS = ("just looking around at the moment", "a student writing about the market", "please take me off this list")
ANYWHERE = ("seen at the fair in spring", "came through the web page", "met last year at dinner")


def with_message(n: int = 1200, strength: float = 0.75) -> Table:
    def message(frame: Any, r: np.random.Generator) -> list[str]:
        said = []
        for row, won in enumerate(frame["won"]):
            group = (WANTS if won else LOOKS) if r.random() < strength else ANYWHERE
            if r.random() < 0.25:
                group = LOOKS if won else WANTS
            said.append(f"{group[r.integers(3)]} number {row} thanks")
        return said

    return of_frame(leads(n, skill=0.3, message=message), "won", "created_on")


def test_free_text_is_told_from_words_and_from_identifiers() -> None:
    told = table(message=lambda f, r: [f"call number {i} about the offer" for i in range(len(f))],
                 ref=lambda f, r: [f"R-{i}" for i in range(len(f))])  # fmt: skip
    assert features.prose(told, "message") is not None
    assert features.prose(told, "source") is None
    assert features.prose(told, "ref") is None
    assert features.why_unused(told, "ref") == "identifier: hardly a word comes twice"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return exam.judge(with_message())


def test_the_exam_reads_free_text_and_says_what_it_was_worth(report: dict[str, Any]) -> None:
    assert report["leaks"] == []
    assert report["text"]["columns"] == ["message"]
    assert report["text"]["lexical"]["auc"] > report["text"]["none"]["auc"] + 0.05
    assert report["chosen"].endswith(("text lexical", "text encoder"))
    able = [c for c in train.CONFIGS if "surrogate" not in c.shapes]  # a table of an exam has no surrogate outcome
    assert report["configurations_tried"] == len(able) * (3 if is_installed() else 2)


def test_the_column_is_one_reason_and_names_its_words(report: dict[str, Any]) -> None:
    if "lexical" not in report["chosen"]:
        pytest.skip("the encoder was chosen: it has no words to name")
    [weight] = [w for w in report["weights"] if w["feature"] == "message"]
    assert {"need", "crm", "budget", "pricing"} & set(" ".join(weight["words_for"]).split())
    assert {"student", "looking", "list", "market", "take"} & set(" ".join(weight["words_against"]).split())


def test_reasons_with_free_text_add_up_and_survive_saving(tmp_path: Path) -> None:
    told = with_message()
    made = boosting.learn(told, ["message", "size"], train.CONFIGS[8])
    made.save(tmp_path / "m")
    again = model.load(tmp_path / "m", ["message", "size"])
    names, points, base = again.reasons(told)
    p = again.probability(told)
    assert names.count("message") == 1
    assert np.allclose(points.sum(axis=1) + base, np.log(p / (1 - p)), atol=1e-4)
    assert np.array_equal(p, made.probability(told))
    words = again.strongest_words(told.rows(slice(0, 3)), "message")
    assert all(1 <= len(row) <= 3 for row in words)
    assert json.loads((tmp_path / "m" / "manifest.json").read_text())["members"][0]["features"]


def test_words_are_plain_numbers_that_add_up_to_the_text() -> None:
    weights = {"pricing": 2.0, "for the": -1.0, "unheard": 9.0}
    [pulls] = text.pulls_of(["Pricing for the team"], weights)
    assert pulls == [("pricing", 2 / np.sqrt(2)), ("for the", -1 / np.sqrt(2))]
    assert text.score_words(["Pricing for the team", "nothing of it", ""], weights).tolist() == [1 / np.sqrt(2), 0.0, 0.0]


def test_a_training_row_is_told_only_by_rows_before_it() -> None:
    told = with_message(600)
    feats = features.fit(told, ["message"], "tree")
    before = features.training_matrix(told, feats)[:480]
    turned = told.rows(slice(0, None))
    turned.y = told.y.copy()
    turned.y[480:] = 1 - turned.y[480:]
    assert np.array_equal(before, features.training_matrix(turned, feats)[:480])
    assert (before[:120] == 0).all()


def test_the_same_texts_give_the_same_weights() -> None:
    told = with_message(600)
    one, other = (text.fit_words(features.texts_of(told.columns["message"]), told.y) for _ in range(2))
    assert one == other
    assert text.fit_words(["only one outcome here"] * 50, np.ones(50)) == {}


def test_notes_written_after_the_fact_are_a_leak() -> None:
    told = table(
        notes=lambda f, r: [f"{'signed the contract' if w else 'lost to a rival'} on call number {i}" for i, w in enumerate(f["won"])]
    )
    assert list(suspects(told)) == ["notes"]


def test_without_the_extra_the_encoder_is_refused_and_the_report_says_so(report: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.cache_clear()
    monkeypatch.setattr("ml.encoder._folder", lambda: None)
    with pytest.raises(NoEncoder, match="pip install"):
        encoder()
    encoder.cache_clear()
    if not is_installed():
        assert "not installed" in exam.judge(with_message(400))["text"]["encoder"]["skipped"]


def test_a_model_that_reads_the_sense_does_not_load_without_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = boosting.learn(with_message(400), ["size"], train.CONFIGS[4])
    made.save(tmp_path / "m")
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    manifest["members"][0]["features"][0]["kind"] = "sense"
    (tmp_path / "m" / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr("ml.encoder._folder", lambda: None)
    with pytest.raises(model.FeaturesDiffer, match="encoder"):
        model.load(tmp_path / "m")


def test_free_text_drifts_by_how_many_have_one_not_by_its_words() -> None:
    def told(share: float, word: str) -> Table:
        return table(note=lambda f, r: [f"{word} call number {i} today" if r.random() < share else "" for i in range(len(f))])

    assert shift(profile(told(0.5, "first"), "note"), told(0.5, "other"), "note") < 0.05
    assert shift(profile(told(0.8, "first"), "note"), told(0.2, "first"), "note") > 0.25


def test_the_reasons_of_an_account_name_the_words() -> None:
    told = with_message(600)
    made = boosting.learn(told, ["message"], train.CONFIGS[0])
    frame = pd.DataFrame({"message": told.columns["message"][:5], "company_id": list("abcde"), "dt": "2026-01-31"})
    said = score.reasons(frame, made)
    assert said["feature"].str.match(r"message: .+|everything else|base").all()
    assert said.groupby("company_id")["points"].sum().round(4).nunique() > 1


def test_texts_without_a_known_word_say_nothing_and_are_learned_beside_the_others() -> None:
    y = np.array([1.0, 0.0] * 40)
    texts = [f"budget approved {n}" if v else "" if n % 4 == 1 else f"only once {n}a" for n, v in enumerate(y)]
    weights = text.fit_words(texts, y)
    assert weights["budget"] > 0 and "79a" not in weights
    assert text.score_words(["", "79a"], weights).tolist() == [0, 0]
