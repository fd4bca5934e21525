# ruff: noqa: E501 - invented documents are long lines
from datetime import date
from decimal import Decimal

import pytest

from signals_pipeline.errors import SkipRecord
from signals_pipeline.extract.form_d import read_form_d


def form_d(
    name="Acme Robotics, Inc.", form="D", sold="5000000", offered="8000000", industry="Other Technology", entity="Corporation", **more
):
    amendment = (
        f"<newOrAmendment><isAmendment>true</isAmendment><previousAccessionNumber>{more['parent']}</previousAccessionNumber></newOrAmendment>"
        if "parent" in more
        else ""
    )
    sale = more.get("sale", "<value>2026-02-20</value>")
    return f"""<?xml version="1.0"?><edgarSubmission><submissionType>{form}</submissionType>
<primaryIssuer><cik>0001234567</cik><entityName>{name}</entityName><entityType>{entity}</entityType></primaryIssuer>
<relatedPersonsList><relatedPersonInfo><relatedPersonName><firstName>Jane</firstName><middleName>Q.</middleName><lastName>Roe</lastName></relatedPersonName>
<relatedPersonRelationshipList><relationship>Executive Officer</relationship></relatedPersonRelationshipList><relationshipClarification>CEO</relationshipClarification></relatedPersonInfo>
<relatedPersonInfo><relatedPersonName><firstName>N/A</firstName><lastName>Acme GP, LLC</lastName></relatedPersonName></relatedPersonInfo></relatedPersonsList>
<offeringData><industryGroup><industryGroupType>{industry}</industryGroupType></industryGroup>
<typeOfFiling>{amendment}<dateOfFirstSale>{sale}</dateOfFirstSale></typeOfFiling>
<typesOfSecuritiesOffered><is{more.get("security", "Equity")}Type>true</is{more.get("security", "Equity")}Type></typesOfSecuritiesOffered>
<businessCombinationTransaction><isBusinessCombinationTransaction>{more.get("combination", "false")}</isBusinessCombinationTransaction></businessCombinationTransaction>
<offeringSalesAmounts><totalOfferingAmount>{offered}</totalOfferingAmount><totalAmountSold>{sold}</totalAmountSold></offeringSalesAmounts></offeringData></edgarSubmission>"""


def test_the_amount_raised_is_what_was_sold_and_the_day_that_of_the_first_sale():
    xml = form_d()
    (event,) = read_form_d(xml).events
    assert (event.amount, event.offering_amount, event.currency) == (Decimal("5000000.00"), Decimal("8000000.00"), "USD")
    assert (event.occurred_on, event.modality, event.round_type) == (date(2026, 2, 20), "done", "unknown")
    assert xml[event.start : event.end] == "<totalAmountSold>5000000</totalAmountSold>"


def test_indefinite_is_no_amount():
    (event,) = read_form_d(form_d(offered="Indefinite")).events
    assert (event.amount, event.offering_amount) == (Decimal("5000000.00"), None)
    assert read_form_d(form_d(sold="0", offered="Indefinite")).reason == "nothing_sold"


def test_nothing_sold_yet_is_planned_and_has_no_amount_raised():
    (event,) = read_form_d(form_d(sold="0", sale="<yetToOccur>true</yetToOccur>")).events
    assert (event.modality, event.amount, event.occurred_on) == ("planned", None, None)


def test_an_amendment_points_to_its_parent():
    (event,) = read_form_d(form_d(form="D/A", parent="0001234567-25-000007")).events
    assert event.subject == "0001234567-25-000007"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (form_d(industry="Pooled Investment Fund"), "fund_or_spv"),
        (form_d(security="PooledInvestmentFund"), "fund_or_spv"),
        (form_d(name="Acme Growth Fund II, L.P."), "fund_or_spv"),
        (form_d(name="AR-0212 Fund I, a series of Example Funds, LLC"), "fund_or_spv"),
        (form_d(name="Acme Ventures", entity="Limited Partnership"), "fund_or_spv"),
        (form_d(name="Main Street REIT, LLC"), "reit"),
        (form_d(industry="REITS and Finance"), "reit"),
        (form_d(combination="true"), "business_combination"),
    ],
)
def test_what_is_no_operating_company_s_round_is_dropped_with_its_reason(xml, reason):
    reading = read_form_d(xml)
    assert (reading.events, reading.reason) == ((), reason)


def test_people_are_persons_and_keep_their_clarified_title():
    (person,) = read_form_d(form_d()).people
    assert (person.full_name, person.title) == ("Jane Q. Roe", "CEO")


@pytest.mark.parametrize("xml", [form_d(sold="a lot"), form_d(sale="<value>soon</value>"), "<edgarSubmission>"])
def test_a_broken_form_is_refused(xml):
    with pytest.raises(SkipRecord):
        read_form_d(xml)


def test_debt_is_told_from_shares():
    (event,) = read_form_d(form_d(security="Debt")).events
    assert event.round_type == "debt"


@pytest.mark.parametrize(
    "name",
    ["Apartment Finder, Inc.", "Syndicate Labs, Inc.", "Fund Accounting Software, Inc.", "SPV Analytics, Inc.", "DST Robotics, Inc.", "Feeder Robotics Corp."],
)  # fmt: skip
def test_a_word_in_the_name_of_a_corporation_of_another_industry_says_nothing(name):
    assert len(read_form_d(form_d(name=name)).events) == 1


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (form_d(name="Example Growth Fund, Inc."), "fund_or_spv"),
        (form_d(name="Example Co-Invest, Inc."), "fund_or_spv"),
        (form_d(name="Apartment Holdings, Inc.", industry="Residential"), "reit"),
        (form_d(name="Roe SPV Holdings, Inc.", industry="Other Banking and Financial Services"), "fund_or_spv"),
        (form_d(name="Syndicate Labs, LLC", entity="Limited Liability Company"), "fund_or_spv"),
    ],
)
def test_a_vehicle_is_told_by_the_end_of_its_name_its_form_or_its_industry(xml, reason):
    reading = read_form_d(xml)
    assert (reading.events, reading.reason) == ((), reason)
