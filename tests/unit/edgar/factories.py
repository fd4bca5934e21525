# ruff: noqa: E501 - invented documents are long lines
"""Invented payloads in EDGAR's shapes."""

import json

from signals_pipeline.sources.spec import Body

ACCESSION = "0001234567-26-000001"


def entry(form="8-K", name="Acme Robotics, Inc.", cik="0001234567", role="Filer", accession=ACCESSION, updated="2026-03-02T06:01:36-05:00"):
    return f"""<entry>
<title>{form} - {name} ({cik}) ({role})</title>
<link rel="alternate" type="text/html" href="https://www.sec.gov/Archives/edgar/data/1234567/{accession.replace("-", "")}/{accession}-index.htm"/>
<summary type="html">&lt;b&gt;Filed:&lt;/b&gt; 2026-03-02 &lt;b&gt;AccNo:&lt;/b&gt; {accession}&lt;br&gt;Item 5.02: Departure of Directors</summary>
<updated>{updated}</updated>
<category scheme="https://www.sec.gov/" label="form type" term="{form}"/>
<id>urn:tag:sec.gov,2008:accession-number={accession}</id>
</entry>"""


def feed(*entries):
    head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    return Body((head + "\n".join(entries) + "\n</feed>").encode("latin-1"), "getcurrent.atom")


def eight_k(items="Item 5.02 Departure of Directors.\nOn March 1, 2026, Jane Q. Roe resigned as Chief Financial Officer of the Company."):
    paragraphs = "".join(f"<p>{line}</p>" for line in items.split("\n"))
    return (
        "<html><body><p>FORM 8-K</p><p>Date of Report (Date of earliest event reported): March 1, 2026</p>"
        "<p>Acme Robotics, Inc.</p><p>(Exact name of registrant as specified in its charter)</p>"
        f"{paragraphs}<p>SIGNATURES</p><p>Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly "
        "caused this report to be signed.</p><p>Date: March 3, 2026</p><p>/s/ Max Poe</p></body></html>"
    )


def submission(document, form="8-K", accepted="20260302161125", accession=ACCESSION):
    return (
        f"<SEC-DOCUMENT>{accession}.txt\n<SEC-HEADER>\n<ACCEPTANCE-DATETIME>{accepted}\nACCESSION NUMBER:\t\t{accession}\n"
        f"CONFORMED SUBMISSION TYPE:\t{form}\nCONFORMED PERIOD OF REPORT:\t20260301\nFILED AS OF DATE:\t\t20260302\n\nFILER:\n\n\tCOMPANY "
        f"DATA:\n"
        "\t\tCOMPANY CONFORMED NAME:\t\t\tACME ROBOTICS, INC.\n\t\tCENTRAL INDEX KEY:\t\t\t0001234567\n\n\tBUSINESS ADDRESS:\n"
        "\t\tSTREET 1:\t\t1 MAIN ST\n\t\tCITY:\t\t\tSPRINGFIELD\n\t\tSTATE:\t\t\tIL\n</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>{form}\n<SEQUENCE>1\n<FILENAME>a.htm\n<TEXT>\n{document}\n</TEXT>\n</DOCUMENT>\n"
        "<DOCUMENT>\n<TYPE>GRAPHIC\n<FILENAME>a.jpg\n<TEXT>\nbegin 644 a.jpg\n</TEXT>\n</DOCUMENT>\n"
    )


def submissions(**columns):
    recent = {
        "accessionNumber": [ACCESSION], "filingDate": ["2026-03-02"], "reportDate": ["2026-03-01"],
        "acceptanceDateTime": ["2026-03-02T06:01:36.000Z"], "form": ["8-K"], "items": ["5.02,9.01"], "primaryDocument": ["a.htm"],
    } | columns  # fmt: skip
    whole = {
        "cik": "1234567", "name": "Acme Robotics, Inc.", "sic": "3569", "sicDescription": "Machinery", "website": "https://www.acme.example",
        "addresses": {"business": {"stateOrCountry": "A6", "city": "TORONTO"}}, "formerNames": [{"name": "Acme Toys"}],
        "tickers": ["ACME"], "filings": {"recent": recent},
    }  # fmt: skip
    return Body(json.dumps(whole).encode(), "CIK0001234567.json")
