"""What a column holds is told by all its values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.columns import column
from ml.table import BadTable, labels, of_frame

DAY = 19_784.0  # 2024-03-02


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["$1,234.50", "$2", "($300)"], [1234.5, 2, -300]),
        (["1.234,50 €", "2 €", "-3,5 €"], [1234.5, 2, -3.5]),
        (["12 %", "7.5%", ""], [12, 7.5, np.nan]),
        (["1,234", "22,000,001", "5"], [1234, 22_000_001, 5]),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3]),
        (["1 234 567", "12", "n/a"], [1_234_567, 12, np.nan]),
        (["USD 1,200", "USD 5", "USD 7"], [1200, 5, 7]),
        (["2.5k", "1m", "300"], [2500, 1e6, 300]),
        (["1'200", "3", "4"], [1200, 3, 4]),
        (["1e3", "-2", "+4"], [1000, -2, 4]),
        (["3", "inf"] + ["4"] * 60, [3, np.nan] + [4] * 60),
    ],
)
def test_numbers_are_read_with_their_marks(texts: list[str], values: list[float]) -> None:
    found, kind = column(pd.Series(texts))
    assert kind == "number"
    np.testing.assert_allclose(found, values)


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-03-02", "2024-03-14"], ["2024-03-02T00:00:00Z", "2024-03-14T00:00:00+00:00"], ["2024-03-02 00:00:00", "2024-03-14 00:00"],
        ["2/3/2024", "14/3/2024"], ["3/2/2024", "3/14/2024"], ["02.03.2024", "14.03.2024"], ["02-03-24", "14-03-24"],
        ["2024/3/2", "2024/3/14"], ["20240302", "20240314"], ["02 Mar 2024", "14 Mar 2024"], ["Mar 02, 2024", "Mar 14, 2024"],
        ["02-Mar-2024", "14-Mar-2024"], ["March 2, 2024", "March 14, 2024"], ["3/2/2024 12:00 AM", "3/14/2024 12:00 AM"],
        ["02/03/2024 00:00:00", "14/03/2024 00:00:00"], ["2024-03-02T02:00:00+02:00", "2024-03-14T00:00:00Z"],
    ],
)  # fmt: skip
def test_times_are_read_in_the_formats_of_the_world(texts: list[str]) -> None:
    found, kind = column(pd.Series(texts))
    assert kind == "time"
    assert found.tolist() == [DAY, DAY + 12]


def test_a_column_says_itself_whether_the_day_comes_first() -> None:
    firsts = pd.Series([f"01/{m:02d}/2024" for m in range(1, 13)])
    assert column(firsts)[0][1] == 19_754.0  # the first of February, not the second of January
    undecided = pd.Series(["02/03/2024", "04/05/2024"])
    assert column(undecided)[0][0] == 19_756.0  # 3 February: with slashes the month comes first
    assert column(undecided.str.replace("/", "."))[0][0] == DAY


@pytest.mark.parametrize(
    ("name", "value"), [("created_at", 1_709_337_600), ("event_ts", 1_709_337_600_000), ("time", 1_709_337_600_000_000)]
)
def test_seconds_since_1970_are_times_under_a_name_that_says_so(name: str, value: int) -> None:
    found, kind = column(pd.Series([str(value), str(value + 1)], name=name))
    assert (kind, found[0]) == ("time", DAY)
    assert column(pd.Series([str(value), str(value + 1)], name="revenue"))[1] == "number"


@pytest.mark.parametrize(
    "texts", [["01067", "02345", "10115"], ["10.0.0.1", "10.0.0.2"], ["A1", "B2"], ["2024-13-45", "x"], ["v1.2.3", "v1.2.4"]]
)
def test_codes_stay_words(texts: list[str]) -> None:
    assert column(pd.Series(texts))[1] == "text"


def test_a_few_odd_values_are_missing_and_many_make_it_words() -> None:
    found, kind = column(pd.Series(["unknown", *map(str, range(60))]))
    assert kind == "number"
    assert np.isnan(found[0])
    assert column(pd.Series(["unknown"] * 9 + [str(i) for i in range(20)]))[1] == "text"


@pytest.mark.parametrize(
    "said",
    [["yes", "no"], ["TRUE", "False"], ["1", "0"], ["1.0", "0.0"], ["Won", "Lost"], ["Y", "N"], ["Closed Won", "closed lost"], ["1", "-1"],
     [True, False], [1, 0], ["churned", "stayed"]],
)  # fmt: skip
def test_yes_is_told_by_its_word_whatever_its_case(said: list[object]) -> None:
    y, known, _ = labels(pd.Series([said[0], said[1], said[0]] * 3))
    assert y.tolist() == [1, 0, 1] * 3
    assert known.all()


def test_spellings_of_yes_may_be_mixed_and_what_is_neither_is_not_known() -> None:
    y, known, said = labels(pd.Series(["Yes", "y", "TRUE", "1", "no", "N", "0", "", None, "open"]))
    assert y[known].tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert known.tolist() == [True] * 7 + [False] * 3
    assert said == "yes is '1' or 'true' or 'y' or 'yes'"


def test_of_two_other_words_the_rarer_is_yes() -> None:
    assert labels(pd.Series(["2", "1", "1"]))[0].tolist() == [1, 0, 0]
    assert labels(pd.Series(["red", "blue", "blue"]))[0].tolist() == [1, 0, 0]
    assert labels(pd.Series(["no", "maybe", "no"]))[0].tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("said", "tells"), [(["1", "1", ""], "always '1'"), (["1", "2", "3"], "two values, not 3"), (["", "", ""], "empty in every row")]
)
def test_a_label_that_is_none_is_refused(said: list[str], tells: str) -> None:
    with pytest.raises(BadTable, match=tells):
        labels(pd.Series(said))


def rows(**over: list[str]) -> pd.DataFrame:
    told = {"won": ["yes", "no", "", "open", "no"], "at": ["2024-01-03", "2024-01-01", "2024-01-02", "2024-01-02", ""]} | over
    return pd.DataFrame(told, dtype=str)


def test_rows_without_label_or_place_are_counted_by_reason() -> None:
    table = of_frame(rows(), "won", "at")
    assert table.y.tolist() == [0, 1]
    assert table.dropped == {"label_missing": 1, "label_undecided": 1, "order_missing": 1}
    assert table.order_name == "at"
    assert of_frame(rows(), " WON", "time").order_name == "at"


@pytest.mark.parametrize(
    ("over", "order", "says"),
    [
        ({"at": ["2024-01-03", "", "", "", ""]}, "at", "same label"),
        ({"at": ["", "", "2024-01-01", "", ""]}, "at", "place in the order"),
        ({"at": ["a", "b", "c", "d", "e"]}, "at", "neither times nor numbers"),
        ({}, "won", "both the label and the order"),
        ({"also": ["2024-01-01"] * 5}, "time", "exactly one column of times, there are 2"),
    ],
)
def test_an_order_that_does_not_order_is_refused(over: dict[str, list[str]], order: str, says: str) -> None:
    with pytest.raises(BadTable, match=says):
        of_frame(rows(**over), "won", order)
