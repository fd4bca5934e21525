"""Documents of a filing: Form D XML, 8-K HTML in a new and an old manner, full submission text, index page. Row in, bytes out.

Does not belong here: which filings there are (`market/filings.py`), paths and feeds (`edgar.py`).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from html import escape
from typing import Any

from sandbox.clock import ZONE, parse
from sandbox.market.prose import us
from sandbox.store import Row

ITEM_NAMES = {
    "1.01": "Entry into a Material Definitive Agreement",
    "2.01": "Completion of Acquisition or Disposition of Assets",
    "2.02": "Results of Operations and Financial Condition",
    "2.03": "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a Registrant",
    "5.02": "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: Compensatory "
    "Arrangements of Certain Officers",
    "5.07": "Submission of Matters to a Vote of Security Holders",
    "8.01": "Other Events",
    "9.01": "Financial Statements and Exhibits",
}


def eastern(accepted_at: str) -> datetime:
    return parse(accepted_at).astimezone(ZONE)


def render(row: Row) -> bytes:
    """The primary document."""
    body: dict[str, Any] = json.loads(row["body"])
    if row["form"] in {"D", "D/A"}:
        return form_d(row, body).encode()
    if row["form"].startswith("8-K"):
        return (old_8k if body["old"] else new_8k)(row, body).encode("ascii", "xmlcharrefreplace")
    return f"<html><body><p>{escape(body['name'])}</p><p>{escape(body.get('text', ''))}</p></body></html>".encode()


def form_d(row: Row, b: dict[str, Any]) -> str:
    def tag(name: str, value: object, indent: int) -> str:
        return f"{' ' * indent}<{name}>{escape(str(value))}</{name}>\n"

    def address(kind: str, indent: int) -> str:
        inner = "".join(
            tag(n, v, indent + 4)
            for n, v in (
                ("street1", b["street"]),
                ("city", b["city"].upper()),
                ("stateOrCountry", b["state"]),
                ("stateOrCountryDescription", b["state_name"]),
                ("zipCode", b["zip"]),
            )
        )
        return f"{' ' * indent}<{kind}>\n{inner}{' ' * indent}</{kind}>\n"

    people = ""
    for o in b["officers"]:
        middle = tag("middleName", o["middle"], 16) if o["middle"] else ""
        relations = "".join(tag("relationship", rel, 16) for rel in o["relations"])
        people += (
            "        <relatedPersonInfo>\n            <relatedPersonName>\n"
            + tag("firstName", o["first"], 16)
            + middle
            + tag("lastName", o["last"], 16)
            + "            </relatedPersonName>\n"
            + address("relatedPersonAddress", 12)
            + "            <relatedPersonRelationshipList>\n"
            + relations
            + "            </relatedPersonRelationshipList>\n"
            + tag("relationshipClarification", o["clarification"], 12)
            + "        </relatedPersonInfo>\n"
        )
    year = (
        "<withinFiveYears>true</withinFiveYears>\n            <value>2023</value>" if b["young"] else "<overFiveYears>true</overFiveYears>"
    )
    fund = (
        f"            <investmentFundInfo>\n{tag('investmentFundType', b['fund'], 16)}{tag('is40Act', 'false', 16)}            "
        f"</investmentFundInfo>\n"
        if b["fund"]
        else ""
    )
    amendment = "true" if b["amends"] else "false"
    previous = tag("previousAccessionNumber", b["amends"], 20) if b["amends"] else ""
    first_sale = tag("value", b["first_sale"], 16) if b["first_sale"] else "                <yetToOccur>true</yetToOccur>\n"
    remaining = "Indefinite" if b["offering"] == "Indefinite" else max(0, int(b["offering"]) - int(b["sold"]))
    signer = b["officers"][0]
    name = f"{signer['first']} {signer['last']}"
    signed = (
        ("issuerName", b["name"]),
        ("signatureName", name),
        ("nameOfSigner", name),
        ("signatureTitle", signer["clarification"] or "Authorized Signatory"),
        ("signatureDate", b["signed"]),
    )
    signature = "".join(tag(n, v, 16) for n, v in signed)
    return f"""<?xml version="1.0"?>
<edgarSubmission>

    <schemaVersion>X0708</schemaVersion>

    <submissionType>{row["form"]}</submissionType>

    <testOrLive>LIVE</testOrLive>

    <primaryIssuer>
        <cik>{row["cik"]}</cik>
{tag("entityName", b["name"], 8)}{address("issuerAddress", 8)}        <issuerPhoneNumber>202-555-0100</issuerPhoneNumber>
{tag("jurisdictionOfInc", b["jurisdiction"], 8)}        <issuerPreviousNameList>
            <value>None</value>
        </issuerPreviousNameList>
        <edgarPreviousNameList>
            <value>None</value>
        </edgarPreviousNameList>
{tag("entityType", b["entity_type"], 8)}        <yearOfInc>
            {year}
        </yearOfInc>
    </primaryIssuer>

    <relatedPersonsList>
{people}    </relatedPersonsList>

    <offeringData>
        <industryGroup>
{tag("industryGroupType", b["group"], 12)}{fund}        </industryGroup>
        <issuerSize>
{tag("revenueRange", b["revenue"], 12)}        </issuerSize>
        <federalExemptionsExclusions>
{"".join(tag("item", e, 12) for e in b["exemptions"])}        </federalExemptionsExclusions>
        <typeOfFiling>
            <newOrAmendment>
                <isAmendment>{amendment}</isAmendment>
{previous}            </newOrAmendment>
            <dateOfFirstSale>
{first_sale}            </dateOfFirstSale>
        </typeOfFiling>
        <durationOfOffering>
            <moreThanOneYear>false</moreThanOneYear>
        </durationOfOffering>
        <typesOfSecuritiesOffered>
{"".join(tag(t, "true", 12) for t in b["types"])}        </typesOfSecuritiesOffered>
        <businessCombinationTransaction>
            <isBusinessCombinationTransaction>{str(b["merger"]).lower()}</isBusinessCombinationTransaction>
            <clarificationOfResponse></clarificationOfResponse>
        </businessCombinationTransaction>
        <minimumInvestmentAccepted>{b["minimum"]}</minimumInvestmentAccepted>
        <salesCompensationList/>
        <offeringSalesAmounts>
            <totalOfferingAmount>{b["offering"]}</totalOfferingAmount>
            <totalAmountSold>{b["sold"]}</totalAmountSold>
            <totalRemaining>{remaining}</totalRemaining>
            <clarificationOfResponse></clarificationOfResponse>
        </offeringSalesAmounts>
        <investors>
            <hasNonAccreditedInvestors>false</hasNonAccreditedInvestors>
            <totalNumberAlreadyInvested>{b["investors"]}</totalNumberAlreadyInvested>
        </investors>
        <signatureBlock>
            <authorizedRepresentative>false</authorizedRepresentative>
            <signature>
{signature}            </signature>
        </signatureBlock>
    </offeringData>
</edgarSubmission>
"""


def new_8k(row: Row, b: dict[str, Any]) -> str:
    """Styled spans in divs, an inline-XBRL header, items in bold."""

    def line(text: str, style: str = "font-size:10pt") -> str:
        return f'<div style="margin-bottom:6pt"><span style="{style}">{escape(text, quote=False)}</span></div>'

    items = "".join(
        f'<div style="margin-top:12pt"><span style="font-weight:700">Item {n}&#160;&#160;{escape(ITEM_NAMES[n])}.</span></div>'
        + "".join(line(p) for p in paragraphs)
        for n, paragraphs in b["items"]
    )
    reported = us(date.fromisoformat(row["reported_on"]))
    return (
        "<?xml version='1.0' encoding='ASCII'?>\n"
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
        'xmlns:dei="http://xbrl.sec.gov/dei/2025">'
        f"<head><title>{row['document'].removesuffix('.htm')}</title></head><body>"
        f'<div style="display:none"><ix:header><ix:hidden><ix:nonNumeric contextRef="c-1" name="dei:EntityCentralIndexKey" '
        f'id="f-1">{row["cik"]}</ix:nonNumeric>'
        '<ix:nonNumeric contextRef="c-1" name="dei:AmendmentFlag" id="f-2">false</ix:nonNumeric></ix:hidden></ix:header></div>'
        + line("UNITED STATES")
        + line("SECURITIES AND EXCHANGE COMMISSION")
        + line("Washington, D.C. 20549")
        + line("FORM 8-K")
        + line("CURRENT REPORT")
        + line("Pursuant to Section 13 or 15(d) of the Securities Exchange Act of 1934")
        + line(f"Date of Report (Date of earliest event reported): {reported}")
        + line(b["name"])
        + line("(Exact name of registrant as specified in its charter)")
        + f"<table><tr><td>{escape(b['state_name'].title() or 'Delaware')}</td><td>001-{int(row['cik']) % 90000 + 10000}</td>"
        f"<td>00-0000000</td></tr>"
        "<tr><td>(State or other jurisdiction of incorporation)</td><td>(Commission File Number)</td><td>(IRS Employer Identification "
        "No.)</td></tr></table>"
        + line(f"{b['street']}, {b['city']}, {b['state']} {b['zip']}")
        + items
        + line("SIGNATURE")
        + line(
            "Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report to be "
            "signed on its behalf "
            "by the undersigned hereunto duly authorized."
        )
        + line(f"Date: {us(date.fromisoformat(b['signed']))}")
        + line(b["name"])
        + line(f"By: /s/ {b['signer']}")
        + line(b["signer"])
        + "</body></html>\n"
    )


def old_8k(row: Row, b: dict[str, Any]) -> str:
    """Upper-case tags, tables for headings, non-breaking spaces: as filers of an older school send it."""
    items = "".join(
        f'<TABLE WIDTH="100%"><TR><TD WIDTH="10%"><B>ITEM {n}.</B></TD><TD><B>{escape(ITEM_NAMES[n].upper())}</B></TD></TR></TABLE>\n'
        + "".join(f'<P STYLE="margin-top:6pt">{escape(p, quote=False)}</P>\n' for p in paragraphs)
        for n, paragraphs in b["items"]
    )
    return (
        f'<HTML><HEAD><TITLE>FORM 8-K</TITLE></HEAD>\n<BODY BGCOLOR="WHITE">\n<P ALIGN="center"><B>SECURITIES AND EXCHANGE '
        f'COMMISSION</B></P>\n<P ALIGN="center"><B>FORM 8-K</B></P>\n'
        f'<P ALIGN="center">Date of Report (Date of earliest event '
        f"reported):&nbsp;<B>{us(date.fromisoformat(row['reported_on']))}</B></P>\n"
        f'<P ALIGN="center"><B>{escape(b["name"].upper())}</B></P>\n<P ALIGN="center">(Exact Name of Registrant as Specified in '
        f"Charter)</P>\n{items}"
        f'<P ALIGN="center"><B>SIGNATURES</B></P>\n<P>Dated: '
        f"{us(date.fromisoformat(b['signed']))}</P>\n<P>{escape(b['name'])}</P>\n<P>By: /s/ {escape(b['signer'])}</P>\n</BODY></HTML>\n"
    )


def submission(row: Row) -> bytes:
    """The complete submission: SGML header, then the document."""
    b = json.loads(row["body"])
    at = eastern(row["accepted_at"])
    filed = row["filed_on"].replace("-", "")
    names = [ITEM_NAMES.get(i, i) for i in row["items"].split(",") if i and row["form"].startswith("8-K")]
    items = "".join(f"ITEM INFORMATION:\t\t{n}\n" for n in names)
    period = f"CONFORMED PERIOD OF REPORT:\t{row['reported_on'].replace('-', '')}\n" if row["reported_on"] else ""
    address = (
        f"\n\tBUSINESS ADDRESS:\t\n\t\tSTREET "
        f"1:\t\t{b['street'].upper()}\n\t\tCITY:\t\t\t{b['city'].upper()}\n\t\tSTATE:\t\t\t{b['state']}\n\t\tZIP:\t\t\t{b['zip']}\n"
        if b.get("city")
        else ""
    )
    wrap = ("<XML>\n", "</XML>\n") if row["form"].startswith("D") and row["document"].endswith(".xml") else ("", "")
    head = (
        f"<SEC-DOCUMENT>{row['accession']}.txt : {filed}\n<SEC-HEADER>{row['accession']}.hdr.sgml : "
        f"{filed}\n<ACCEPTANCE-DATETIME>{at:%Y%m%d%H%M%S}\n"
        f"ACCESSION NUMBER:\t\t{row['accession']}\nCONFORMED SUBMISSION TYPE:\t{row['form']}\nPUBLIC DOCUMENT "
        f"COUNT:\t\t1\n{period}{items}FILED AS OF DATE:\t\t{filed}\n"
        f"DATE AS OF CHANGE:\t\t{filed}\n\nFILER:\n\n\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\t{b['name']}\n\t\tCENTRAL INDEX "
        f"KEY:\t\t\t{row['cik']}\n"
        f"\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\tSERVICES [{b.get('sic', '7372')}]\n\t\tSTATE OF INCORPORATION:\t\t\tDE\n\t\tFISCAL "
        f"YEAR END:\t\t\t1231\n\n"
        f"\tFILING VALUES:\n\t\tFORM TYPE:\t\t{row['form']}\n\t\tSEC ACT:\t\t1934 Act\n\t\tSEC FILE "
        f"NUMBER:\t001-{int(row['cik']) % 90000 + 10000}\n{address}</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>{row['form']}\n<SEQUENCE>1\n<FILENAME>{row['document']}\n<DESCRIPTION>{row['form']}\n<TEXT>\n{wrap[0]}"
    )
    return head.encode() + render(row) + f"{wrap[1]}</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n".encode()


def index_page(row: Row, base: str) -> str:
    path = f"/Archives/edgar/data/{int(row['cik'])}/{row['accession'].replace('-', '')}"
    at = eastern(row["accepted_at"])
    document = (
        f'<tr><td scope="row">1</td><td>{row["form"]}</td><td><a '
        f'href="{path}/{row["document"]}">{row["document"]}</a></td><td>{row["form"]}</td></tr>'
        if row["has_document"]
        else ""
    )
    return (
        f"<!DOCTYPE HTML>\n<html><head><title>EDGAR Filing Documents for {row['accession']}</title></head><body><div "
        f'id="formHeader"><div id="formName"><strong>Form {row["form"]}</strong></div>'
        f'<div id="secNum"><strong>SEC Accession No.</strong> {row["accession"]}</div></div><div class="formGrouping"><div '
        f'class="infoHead">Filing Date</div>'
        f'<div class="info">{row["filed_on"]}</div><div class="infoHead">Accepted</div><div class="info">{at:%Y-%m-%d %H:%M:%S}</div></div>'
        f'<div class="formGrouping"><div class="infoHead">Period of Report</div><div class="info">{row["reported_on"]}</div></div>'
        f'<table class="tableFile">{document}<tr><td scope="row">&nbsp;</td><td>Complete submission text file</td><td><a '
        f'href="{path}/{row["accession"]}.txt">{row["accession"]}.txt</a></td></tr></table>'
        f'<span class="companyName">{escape(row["company_name"])} (Filer) CIK: {row["cik"]}</span></body></html>'
    )
