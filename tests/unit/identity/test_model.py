"""The reviewed model file, and how it is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signals_pipeline.errors import Permanent
from signals_pipeline.identity import accuracy
from signals_pipeline.identity.match import MODEL, candidates, distinctiveness, model, profile_of
from signals_pipeline.identity.names import parts
from signals_pipeline.identity.train import train


def test_the_model_in_the_repository_never_scores_the_domain_beside_the_name() -> None:
    text = MODEL.read_text(encoding="utf-8")
    assert "domain" not in json.dumps(json.loads(text)["splink"])
    told = model()
    assert 0.5 <= told.review_from < told.link_from < 1


def test_every_level_of_the_model_has_numbers_and_agreement_weighs_more_than_disagreement() -> None:
    for comparison in model().splink["comparisons"]:
        scored = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        weights = [level["m_probability"] / level["u_probability"] for level in scored]
        assert weights[0] > 10 > 1 > weights[-1]


def test_a_pair_has_the_same_probability_whatever_else_is_asked() -> None:
    one, other = profile_of("Acme Widgets", "US", "CA", "fresno"), profile_of("Acme Widgits", "US", "CA", "fresno")
    crowd = [profile_of(f"Northwind {i} Traders", "US", "NY", "albany") for i in range(40)]
    assert one and other
    alone = candidates([one], [other])
    among = candidates([one, *[c for c in crowd if c]], [other, *[c for c in crowd if c], one])
    both = among[(among["left"] == one) & (among["right"] == other)]
    assert alone["probability"].tolist() == both["probability"].tolist() != []


def test_short_and_common_names_are_told_from_distinctive_ones() -> None:
    common = frozenset({"capital", "partners"})
    found = [distinctiveness(p, common) for n in ("Capital Partners", "EA", "Zapier", "Acme Widgets") if (p := parts(n))]
    assert found == [0, 0, 1, 2]


def test_a_broken_model_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    with pytest.raises(Permanent, match=r"identity\.train"):
        model(path)
    path.write_text(json.dumps(json.loads(MODEL.read_text()) | {"review_from": 0.99}))
    with pytest.raises(Permanent, match="review_from <= link_from"):
        model(path)


def test_too_few_labels_train_nothing() -> None:
    with pytest.raises(Permanent, match="too few"):
        train([("a", "Acme"), ("a", "Acme Inc")], [("Acme", "US", "", "")], frozenset())


def test_accuracy_is_skipped_with_the_reason_when_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert "no labelled names" in accuracy.report(tmp_path / "absent")["skipped"]


def test_on_real_labelled_names_we_link_little_by_name_alone_and_nothing_wrong() -> None:
    if not accuracy.FOLDER.is_dir():
        pytest.skip(f"no labelled names at {accuracy.FOLDER}")
    found = accuracy.report()
    assert found["patstat"]["held_out"]["precision"] >= 0.99
    assert found["patstat"]["held_out"]["recall"] >= 0.65
    assert found["name_bench"]["precision"] >= 0.95
