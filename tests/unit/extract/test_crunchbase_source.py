# ruff: noqa: E501 - invented documents are long lines
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from signals_pipeline.errors import SkipRecord
from signals_pipeline.sources.crunchbase import STREAMS
from signals_pipeline.sources.spec import Body

PULL = SimpleNamespace(pulled_at=datetime(2026, 3, 2, tzinfo=UTC))
HEADER = "acquirer_name,acquirer_permalink,company_name,company_permalink,company_country_code,acquired_at,price_amount,price_currency_code"
GOOD = "Acme Inc,/organization/acme,Beta GmbH,/organization/beta,DEU,2015-07-01,1000000,EUR"


def deals(*lines, header=HEADER, place="crunchbase/acquisitions_2015-12.csv"):
    body = Body("\n".join([header, *lines]).encode(), place)
    return [STREAMS["acquisitions"].row(raw, PULL) for raw in STREAMS["acquisitions"].records(body, PULL)]


def test_columns_are_found_by_name_in_any_order_and_the_row_keeps_its_line():
    (row,) = deals(GOOD)
    assert (row.columns["company_name"], row.columns["company_country"], row.columns["price"]) == ("Beta GmbH", "DE", Decimal(1000000))
    assert row.columns["source_row"] == "crunchbase/acquisitions_2015-12.csv:2"
    assert (row.known_at, row.known_at_basis) == (datetime(2015, 7, 1, 23, 59, 59, tzinfo=UTC), "announcement")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD.replace("2015-07-01", ""), "missing_field"),
        (GOOD.replace("2015-07-01", "3201-10-21"), "implausible_date"),
        (GOOD.replace("2015-07-01", "1201-11-03"), "implausible_date"),
        (GOOD.replace("2015-07-01", "soon"), "wrong_type"),
        (GOOD.replace("1000000", "much"), "wrong_type"),
        (GOOD.replace("/organization/acme", "/organization/beta"), "self_acquisition"),
        (GOOD + ",extra", "ragged_row"),
        (GOOD.replace("Acme Inc", "<button onload=v()>"), "broken_cell"),
    ],
)
def test_a_broken_row_is_a_reject_with_its_reason(line, reason):
    with pytest.raises(SkipRecord) as refused:
        deals(line)
    assert refused.value.reason == reason


def test_another_table_is_refused_whole():
    with pytest.raises(SkipRecord, match="missing_column"):
        deals("Acquisitions,1960-01,1960,1", header="content,month_str,year_str,value")


def test_a_price_of_zero_is_not_disclosed():
    (row,) = deals(GOOD.replace("1000000", "0"))
    assert (row.columns["price"], row.columns["currency"]) == (None, None)


def test_a_round_of_the_other_export_is_read_by_its_own_names():
    text = "permalink,company,numEmps,category,city,state,fundedDate,raisedAmt,raisedCurrency,round\nacme,Acme,105,web,Tempe,AZ,1-May-07,6850000,USD,b"
    code = STREAMS["funding_rounds"]
    (row,) = [code.row(raw, PULL) for raw in code.records(Body(text.encode(), "x_funding_rounds.csv"), PULL)]
    assert (row.columns["announced_on"], row.columns["round_type"], row.columns["employees"], row.columns["country"]) == (
        date(2007, 5, 1),
        "b",
        105,
        "US",
    )


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty_file"), (b"\x89PNG\x01", "not_text")])
def test_a_file_that_is_empty_or_no_text_is_refused_whole(content, reason):
    with pytest.raises(SkipRecord) as refused:
        list(STREAMS["acquisitions"].records(Body(content, "crunchbase/acquisitions.csv"), PULL))
    assert refused.value.reason == reason


def rounds(line, header="permalink,company,numEmps,fundedDate,raisedAmt,raisedCurrency,round", encoding="utf-8"):
    body = Body(f"{header}\n{line}\n".encode(encoding), "crunchbase/rounds.csv")
    return [STREAMS["funding_rounds"].row(raw, PULL).columns for raw in STREAMS["funding_rounds"].records(body, PULL)]


@pytest.mark.parametrize(("told", "count"), [("105", 105), ('"1,200"', 1200), ("11-50", None), ("10001+", None), ("", None)])
def test_a_head_count_is_a_number_and_a_range_is_none(told, count):
    (row,) = rounds(f"acme,Acme,{told},1-May-07,6850000,USD,b")
    assert (row["employees"], row["amount"]) == (count, Decimal(6850000))


@pytest.mark.parametrize("told", ["unknown", "Undisclosed", "N/A", "-", ""])
def test_an_amount_that_is_said_to_be_unknown_is_none_and_the_round_stands(told):
    (row,) = rounds(f"acme,Acme,,1-May-07,{told},USD,angel")
    assert (row["amount"], row["currency"], row["round_type"]) == (None, None, "angel")


def test_a_currency_is_a_code_in_any_case_and_nothing_else():
    assert rounds("acme,Acme,,1-May-07,5,eur,seed")[0]["currency"] == "EUR"
    with pytest.raises(SkipRecord, match="no currency"):
        rounds("acme,Acme,,1-May-07,5,bitcoin,seed")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_exports_come_with_other_delimiters_and_in_other_encodings(delimiter, encoding):
    header = "raisedCurrency,company,round,fundedDate,raisedAmt,something".replace(",", delimiter)
    (row,) = rounds("CAD,Söder,Series B,1-Sep-07,3000000,x".replace(",", delimiter), header, encoding)
    assert (row["company_name"], row["announced_on"], row["amount"], row["currency"]) == ("Söder", date(2007, 9, 1), 3000000, "CAD")
