"""A month of learning: deals as a CRM tells them, leaks by name before training, promotion, and the champion of a day."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_production import MONTHS

from ml.champion import FOLDER, Champion, standing
from ml.dataset import Dataset, Split, split
from ml.deals import Deals, deals_of
from ml.encoder import HOW_TO_INSTALL, is_installed
from ml.model import Config
from ml.production import last_day, learn_from
from ml.registry import Registry
from ml.report import write
from ml.table import of_frame
from ml.verdicts import deal_size, time_to_purchase

CONFIGS = (Config("linear", ("linear",)), Config("trees", ("tree",), depth=2, rounds=60))
MOMENT, FROM = datetime(2025, 6, 1), date(2025, 6, 1)


def crm(**overrides: Any) -> dict[str, Any]:
    return {"opportunity_id": "006A", "account_id": "001A", "amount": 5000.0, "currency": None, "is_closed": False, "is_won": False,
            "created_at": datetime(2025, 1, 10, 9), "is_deleted": False} | overrides  # fmt: skip


def step(day: int, *, closed: bool, won: bool = False, opportunity: str = "006A") -> dict[str, Any]:
    at = datetime(2025, 2, day, 9)
    return {"history_id": f"h{opportunity}{day:02}", "opportunity_id": opportunity, "is_closed": closed, "is_won": won, "created_at": at}


def told(opportunities: list[dict[str, Any]], steps: list[dict[str, Any]] = []) -> Deals:  # noqa: B006 - never written to
    history = pd.DataFrame(steps, columns=list(step(1, closed=False)))
    return deals_of(pd.DataFrame(opportunities), history, {"001A": "acme"}, MOMENT)


def test_a_close_is_dated_by_the_history_of_stages_and_a_reopened_deal_by_its_last_close() -> None:
    steps = [step(3, closed=True), step(5, closed=False), step(9, closed=True, won=True), step(11, closed=True, won=True)]
    (row,) = told([crm(is_closed=True, is_won=True)], steps).rows.to_dict("records")
    assert (row["company_id"], row["closed_on"], row["is_won"]) == ("acme", pd.Timestamp("2025-02-09 09:00"), True)
    (again,) = told([crm(is_closed=True)], steps[:2]).rows.to_dict("records")
    assert pd.isna(again["closed_on"]) and not again["is_won"]


def test_a_closed_deal_without_history_is_counted_and_never_taken_for_a_dated_win() -> None:
    found = told([crm(is_closed=True, is_won=True)])
    assert found.undated == 1
    assert not found.rows["is_won"].any()


def test_what_the_crm_said_after_the_moment_is_not_known() -> None:
    late = step(3, closed=True, won=True) | {"created_at": MOMENT + timedelta(seconds=1)}
    found = told([crm(), crm(opportunity_id="006B", created_at=MOMENT + timedelta(seconds=1))], [step(1, closed=False), late])
    assert len(found.rows) == 1
    assert pd.isna(found.rows["closed_on"].iloc[0])


def test_deleted_deals_strangers_and_foreign_amounts_are_left_out_and_counted() -> None:
    rows = [crm(opportunity_id="1", is_deleted=True), crm(opportunity_id="2", account_id="001Z"), crm(opportunity_id="3", currency="EUR")]
    found = told(rows)
    assert found.dropped == {"no_company": 1}
    assert found.rows["amount_usd"].isna().tolist() == [True]


def market(accounts: int = 350, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accounts that stay about as warm as they are; the warm ones open deals, amounts grow with size."""
    r = np.random.default_rng(seed)
    rows, deals = [], []
    for a in range(accounts):
        size, base = float(r.normal()), float(r.normal())
        for dt in MONTHS:
            rows.append({"company_id": f"c{a}", "dt": dt, "warm": base + 0.3 * float(r.normal()), "size": size, "noise": float(r.normal())})
            if r.random() < 0.15 / (1 + np.exp(-2.5 * base)):
                opened = dt + timedelta(days=int(r.integers(1, 28)))
                amount = float(np.exp(9 + size + 0.5 * r.normal()))
                deals.append({"company_id": f"c{a}", "opened_on": opened, "closed_on": opened + timedelta(days=10),
                              "is_won": bool(r.random() < 0.6), "amount_usd": amount})  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(deals)


@pytest.fixture(scope="module")
def month() -> tuple[pd.DataFrame, Deals]:
    features, deals = market()
    return features, Deals(deals, {}, 0)


@pytest.fixture(scope="module")
def learned(month: tuple[pd.DataFrame, Deals], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("home")
    return home, learn_from(*month, Registry(home / FOLDER), MOMENT, FROM, CONFIGS)


def day_of(features: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(features[features["dt"] == MONTHS[-1]], preserve_index=False)


def test_a_model_with_skill_is_promoted_and_its_manifest_says_from_what(learned: tuple[Path, dict[str, Any]]) -> None:
    home, report = learned
    assert report["relevance"]["status"] == "promoted", report["relevance"]
    assert report["relevance"]["judged"]["lift_at_10_interval"][0] > 1
    manifest = json.loads((home / FOLDER / "relevance" / report["relevance"]["version"] / "manifest.json").read_text())
    about = manifest["about"]
    assert about["offered"] == ["warm", "size", "noise"]
    assert about["data_window"]["learned_before"] == report["judged_from"] > about["data_window"]["from"]
    assert about["judged"]["auc"] == report["relevance"]["judged"]["auc"]
    assert about["code"] == report["code"]


def test_the_same_month_again_changes_no_champion(month: tuple[pd.DataFrame, Deals], learned: tuple[Path, dict[str, Any]]) -> None:
    home, report = learned
    before = (home / FOLDER / "champions.jsonl").read_bytes()
    again = learn_from(*month, Registry(home / FOLDER), MOMENT, FROM, CONFIGS)
    assert (again["relevance"]["status"], again["relevance"]["version"]) == ("stands", report["relevance"]["version"])
    assert again["relevance"]["because"].endswith("the same model, learned again")
    assert (home / FOLDER / "champions.jsonl").read_bytes() == before


def test_the_champion_scores_its_days_with_reasons_that_add_up(
    month: tuple[pd.DataFrame, Deals], learned: tuple[Path, dict[str, Any]]
) -> None:
    home, report = learned
    champion, features = Champion(home), day_of(month[0])
    rows, why = champion.score(FROM, features).to_pandas(), champion.reasons(FROM, features).to_pandas()
    assert rows["model_version"].str.startswith(report["relevance"]["version"]).all()
    assert (rows["composite_score"] == rows["relevance"]).all() and rows["relevance"].between(0, 100).all()
    logit = why.groupby("company_id")["points"].sum().reindex(rows["company_id"]).to_numpy()
    assert np.allclose(1 / (1 + np.exp(-logit)), rows["p_opportunity"], atol=1e-4)
    assert standing(home, FROM)["status"] == "champion"


def test_before_its_first_day_and_over_other_columns_the_champion_abstains_and_says_why(
    month: tuple[pd.DataFrame, Deals], learned: tuple[Path, dict[str, Any]]
) -> None:
    champion, features = Champion(learned[0]), day_of(month[0])
    assert champion.score(FROM - timedelta(days=1), features).num_rows == 0
    assert champion.said["2025-05-31"].startswith("abstains: no model of relevance had been learned by 2025-05-31")
    assert champion.score(FROM, features.append_column("mood", pa.nulls(features.num_rows))).num_rows == 0
    assert "not the table's: mood" in champion.said["2025-06-01"]
    assert champion.said["2025-06-01"].endswith("what it once scored of the day stands")
    assert champion.unread == {"2025-06-01"}, "of the day before there was none"


def test_a_column_of_words_may_be_thin_on_a_day_but_not_gone(month: tuple[pd.DataFrame, Deals], tmp_path: Path) -> None:
    features = month[0].assign(stage=np.where(month[0]["warm"] > 0.5, "Decision", "Awareness"))
    report = learn_from(features, month[1], Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert report["relevance"]["status"] == "promoted"
    kept = np.random.default_rng(1).random(len(features)) < 0.98
    thin, gone = day_of(features.assign(stage=features["stage"].where(kept, None))), day_of(features.assign(stage=None))
    champion = Champion(tmp_path)
    assert champion.score(FROM, thin).num_rows == thin.num_rows
    assert champion.score(FROM, gone).num_rows == 0
    assert "stands down on 2025-06-01: drift: stage" in champion.said["2025-06-01"]


def test_a_planted_column_that_equals_the_label_one_second_late_is_named_before_training(month: tuple[pd.DataFrame, Deals]) -> None:
    features, deals = month
    ends = pd.to_datetime(features["dt"])
    pairs = features[["company_id"]].assign(at=ends).reset_index(names="row").merge(deals.rows, on="company_id")
    lapse = pd.to_datetime(pairs["opened_on"]) - pairs["at"]
    within = pairs[(lapse > pd.Timedelta(0)) & (lapse <= pd.Timedelta(days=60))]["row"].unique()
    planted = features.assign(touched=features.index.isin(within).astype(int))  # the label as it stands a second after it came true
    seen: list[list[str]] = []

    class Spy(Registry):
        def add(self, kind: str, model: Any) -> str:
            seen.append(list(getattr(model, "columns", [])))
            return super().add(kind, model)

    import tempfile

    with tempfile.TemporaryDirectory() as home:
        report = learn_from(planted, deals, Spy(Path(home) / FOLDER), MOMENT, FROM, CONFIGS)
    assert list(report["leaks"]) == ["touched"]
    assert report["leaks"]["touched"][0].startswith("separates")
    assert "touched" not in report["columns"]
    assert seen and all("touched" not in columns for columns in seen)


def test_amounts_of_deals_among_believable_ones_are_named_before_training(month: tuple[pd.DataFrame, Deals], tmp_path: Path) -> None:
    features, deals = month
    opened = deals.rows.sort_values("opened_on").drop_duplicates("company_id").set_index("company_id")["amount_usd"]
    amounts = np.random.default_rng(3).permutation(np.resize(opened.dropna().to_numpy(), len(features)))
    own = features["company_id"].map(opened)
    report = learn_from(
        features.assign(worth=own.fillna(pd.Series(amounts))), deals, Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS[:1]
    )
    assert list(report["leaks"]) == ["worth"] and "worth" not in report["columns"]
    assert report["leaks"]["worth"][0].startswith("knows_the_deal: its numbers are the amounts")


def test_what_free_text_brought_each_way_stands_in_the_report(month: tuple[pd.DataFrame, Deals], tmp_path: Path) -> None:
    r = np.random.default_rng(8)
    warm = [f"opens an office for notaries, note {n}" if w > 0.5 and r.random() < 0.7 else f"holds its yearly picnic again, note {n}"
            for n, w in enumerate(month[0]["warm"])]  # fmt: skip
    report = learn_from(month[0].assign(note=warm).drop(columns=["warm"]), month[1], Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    told = report["relevance"]["judged"]["text"]
    assert told["columns"] == ["note"]
    assert told["lexical"]["auc"] > told["none"]["auc"] + 0.05
    assert told["lexical"]["chosen"].endswith("text lexical") and told["none"]["chosen"] in [c.name for c in CONFIGS]
    assert "auc" in told["encoder"] if is_installed() else HOW_TO_INSTALL in told["encoder"]["skipped"]


def test_too_little_data_abstains_with_its_numbers_and_the_registry_keeps_the_words(
    month: tuple[pd.DataFrame, Deals], tmp_path: Path
) -> None:
    few = Deals(month[1].rows.head(25), {}, 0)
    report = learn_from(month[0], few, Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert report["relevance"]["status"] == "abstains"
    assert "too little" in report["relevance"]["because"]
    assert standing(tmp_path, FROM)["because"] == report["relevance"]["because"]
    nothing = learn_from(month[0], Deals(few.rows.iloc[:0], {}, 0), Registry(tmp_path / FOLDER), MOMENT, FROM, CONFIGS)
    assert nothing["relevance"]["because"].startswith("nothing to learn from")


def test_a_champion_without_skill_on_the_newest_rows_stands_down(month: tuple[pd.DataFrame, Deals], tmp_path: Path) -> None:
    registry = Registry(tmp_path / FOLDER)
    assert learn_from(*month, registry, MOMENT, FROM, CONFIGS)["relevance"]["status"] == "promoted"
    features = month[0].copy()
    features["warm"] = np.random.default_rng(1).normal(size=len(features))  # what it learned tells nothing any more
    report = learn_from(features, month[1], registry, MOMENT, FROM + timedelta(days=30), CONFIGS)
    assert report["relevance"]["status"] == "abstains"
    assert report["relevance"]["because"].startswith("the champion no longer holds")
    assert registry.champion_on("relevance", FROM) != registry.champion_on("relevance", FROM + timedelta(days=30))


def test_a_month_that_is_none_is_refused() -> None:
    assert last_day("2024-02") == date(2024, 2, 29)
    with pytest.raises(ValueError, match="is not a month"):
        last_day("2024-13")


def parts(rows: int = 3000, seed: int = 5) -> Split:
    r = np.random.default_rng(seed)
    x = r.normal(size=rows)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.repeat(np.arange(rows // 100) * 14, 100), unit="D")
    table = of_frame(pd.DataFrame({"x": x, "noise": r.normal(size=rows), "day": days, "y": r.integers(0, 2, rows)}), "y", "day")
    won, usd = r.exponential(50 * np.exp(-1.2 * x)), np.exp(9 + x + 0.5 * r.normal(size=rows))
    found = split(Dataset(table.only(["x", "noise"]), np.arange(rows).astype(str), won, usd, {}))
    assert found is not None
    return found


def test_time_and_size_take_over_only_when_they_beat_what_needs_no_model() -> None:
    at = parts()
    time, size = time_to_purchase(at, ["x", "noise"], None, 60, 0), deal_size(at, ["x", "noise"], None)
    assert time.takes_over, time.because
    assert size.takes_over, size.because
    assert not time_to_purchase(at, ["noise"], None, 60, 0).takes_over
    assert not deal_size(at, ["noise"], None).takes_over
    for again in (time_to_purchase(at, ["x", "noise"], time.model, 60, 0), deal_size(at, ["x", "noise"], size.model)):
        assert not again.takes_over and "the same model, learned again" in again.because


def test_without_histories_of_stages_time_abstains_and_says_so() -> None:
    at = parts(300)
    verdict = time_to_purchase(Split(**{**vars(at), "seen_won": np.full(len(at.seen), np.inf)}), ["x"], None, 60, 12)
    assert not verdict.takes_over
    assert "12 closed deals have no history" in verdict.because


def test_the_page_of_months_shows_numbers_words_and_leaks_and_escapes_them(learned: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    _, report = learned
    texts = {"columns": ["signal_text"], "encoder": {"skipped": "the extra <encoder> is not installed"}} | {
        way: {"auc": auc, "auc_interval": [0.6, 0.9], "ap": 0.2, "inner_auc": 0.7, "chosen": f"trees; text {way}"}
        for way, auc in (("none", 0.71), ("lexical", 0.76))
    }
    report["relevance"]["judged"]["text"] = texts
    few = {"month": "2025-04", "leaks": {"<b>": ["separates: x"]}} | {
        k: {"status": "abstains", "because": "too little: 3 yes", "judged": {}} for k in ("relevance", "hazard", "size")
    }
    with pytest.raises(FileNotFoundError, match="no month was learned"):
        write(tmp_path)
    (tmp_path / "reports").mkdir()
    for name, told_ in (("2025-04", few), ("2025-05", {"month": "2025-05", **report})):
        (tmp_path / "reports" / f"{name}.json").write_text(json.dumps(told_))
    html = write(tmp_path).read_text()
    assert f"{report['relevance']['judged']['lift_at_10']:.3g} (" in html
    assert "0.71 (0.6–0.9)" in html and "0.76 (0.6–0.9)" in html and "trees; text lexical" in html
    assert html.count("signal_text") == 1 and "the extra &lt;encoder&gt; is not installed" in html
    assert "too little: 3 yes" in html and html.count("<circle") == 10
    assert "&lt;b&gt; (separates: x)" in html and "<b> (" not in html
