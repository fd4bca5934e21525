"""One example body per registered stream, as the vendor sends it, with at least one good record. A new stream adds its own here."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from signals_pipeline.sources.spec import Body

_TIMES = {"CreatedDate": "2026-03-01T09:00:00.000+0000", "LastModifiedDate": "2026-06-28T09:00:00.000+0000"}
_SF = {**_TIMES, "IsDeleted": False, "OwnerId": "005A"}
_PERSON = {"Email": "ada@acme.example", "FirstName": "Ada", "LastName": "Byron", "Title": "COO", "Phone": None}


def _json(*records: dict[str, Any], place: str = "page-1", **facts: Any) -> Callable[[], Body]:
    return lambda: Body(json.dumps({"data": list(records)} if "type" in records[0] else list(records)).encode(), place, facts)


def _text(text: str, place: str, **facts: Any) -> Callable[[], Body]:
    return lambda: Body(text.encode(), place, facts)


def _resource(kind: str, attributes: dict[str, Any], **links: int) -> dict[str, Any]:
    relations = {name: {"data": {"type": name, "id": id_}} for name, id_ in links.items()}
    return {"type": kind, "id": 7, "attributes": {**attributes, "updatedAt": "2026-06-28T09:00:00.000Z"}, "relationships": relations}


def _file(template: str, header: str, row: str) -> Callable[[], Body]:
    name = f"acmedata_{template}_2026-06-29.csv"
    return _text(f"{header}\n{row}\n", name, file=name, vendor="acmedata", as_of=date(2026, 6, 29))


_ATOM = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>
<entry><title>8-K - Acme Corp (0000012345) (Filer)</title>
<link rel="alternate" type="text/html"
 href="https://www.sec.gov/Archives/edgar/data/12345/000001234526000001/0000012345-26-000001-index.htm"/>
<summary type="html">&lt;b&gt;Filed:&lt;/b&gt; 2026-06-26 &lt;b&gt;AccNo:&lt;/b&gt; 0000012345-26-000001
 &lt;b&gt;Size:&lt;/b&gt; 200 KB&lt;br&gt;Item 5.02</summary>
<updated>2026-06-26T16:05:00-04:00</updated><category scheme="https://www.sec.gov/" label="form type" term="8-K"/>
<id>urn:tag:sec.gov,2008:accession-number=0000012345-26-000001</id></entry></feed>"""
_INDEX = """Description:           Daily Index of EDGAR Dissemination Feed by Form Type
Last Data Received:    Jun 26, 2026

Form Type   Company Name                                                  CIK         Date Filed  File Name
---------------------------------------------------------------------------------------------------------------------------------------------
8-K         ACME CORP                                                     12345       20260626    edgar/data/12345/0000012345-26-000001.txt
"""
_SUBMISSIONS = {
    "cik": "12345", "entityType": "operating", "sic": "7372", "sicDescription": "Services", "name": "ACME CORP", "tickers": [],
    "formerNames": [], "website": "https://acme.example", "addresses": {"business": {"city": "Austin", "stateOrCountry": "TX"}},
    "filings": {"recent": {
        "accessionNumber": ["0000012345-26-000001"], "filingDate": ["2026-06-26"], "reportDate": ["2026-06-25"],
        "acceptanceDateTime": ["2026-06-26T16:05:00.000Z"], "act": ["34"], "form": ["8-K"], "fileNumber": [""], "filmNumber": [""],
        "items": ["5.02"], "core_type": ["8-K"], "size": [1], "isXBRL": [0], "isInlineXBRL": [0], "primaryDocument": ["a.htm"],
        "primaryDocDescription": [""],
    }, "files": []},
}  # fmt: skip
_EIGHT_K = """<html><body><p>FORM 8-K</p><p>Date of Report: June 25, 2026</p><p>Acme Corp</p><p>Item 5.02 Departure of Directors</p>
<p>On June 25, 2026, Ada Byron was appointed Chief Operating Officer.</p><p>SIGNATURE</p><p>Date: June 26, 2026</p></body></html>"""

EXAMPLES: dict[str, Callable[[], Body]] = {
    "salesforce.accounts": _json({"Id": "001A", "Name": "Acme", "Website": "https://acme.example", "NumberOfEmployees": 250, **_SF}),
    "salesforce.contacts": _json({"Id": "003A", "AccountId": "001A", "HasOptedOutOfEmail": False, **_PERSON, **_SF}),
    "salesforce.leads": _json({"Id": "00QA", "Company": "Acme", "HasOptedOutOfEmail": True, "IsConverted": False, **_PERSON, **_SF}),
    "salesforce.opportunities": _json(
        {"Id": "006A", "AccountId": "001A", "Amount": 1000.5, "IsClosed": True, "IsWon": False, "CloseDate": "2026-06-01", **_SF}
    ),
    "salesforce.opportunity_history": _json(
        {"Id": "008A", "OpportunityId": "006A", "StageName": "Lost", "Amount": None, "CreatedDate": "2026-06-28T09:00:00.000+0000"},
        stages={"Lost": {"IsClosed": True, "IsWon": False}},
    ),
    "salesforce.meetings": _json({"Id": "00UA", "WhoId": "003A", "StartDateTime": "2026-06-20T14:00:00.000+0000", **_TIMES}),
    "salesforce.users": _json({"Id": "005A", "Email": "rep@proof.example", "Name": "Rep", "IsActive": True}),
    "outreach.prospects": _json(
        _resource("prospect", {"emails": ["ada@acme.example"], "company": "Acme", "optedOut": False}, owner=3)
    ),
    "outreach.email_addresses": _json(_resource("emailAddress", {"email": "ada@acme.example", "status": "bounced"}, prospect=7)),
    "outreach.sequences": _json(_resource("sequence", {"name": "Company News", "enabled": True})),
    "outreach.mailboxes": _json(_resource("mailbox", {"email": "rep@proof.example", "userId": 3}), users={3: "rep@proof.example"}),
    "outreach.sequence_states": _json(_resource("sequenceState", {"state": "finished", "replyCount": 1}, prospect=7, sequence=2)),
    "outreach.mailings": _json(_resource("mailing", {"state": "opened", "openedAt": "2026-06-27T09:00:00Z"}, prospect=7)),
    "sixsense.segment_members": _json(
        {"name": "Acme", "domain": "acme.example", "country": "US"}, segment_id="4713", segment_name="Surge"
    ),
    "sixsense.account_scores": _json({
        "domain": "acme.example",
        "answer": {
            "company": {"name": "Acme", "employeeCount": "1,200", "countryISOCode": "US"},
            "scores": [{"product": "Proof", "company_intent_score": "88", "company_buying_stage": "Decision", "company_profile_fit": ""}],
        },
    }),
    "product_db.users": _text(
        '{"user_id": "u1", "email": "ada@acme.example", "company_name": "Acme", "plan_type": "pro_trial", '
        '"updated_at": "2026-06-28T09:00:00"}',
        "users.jsonl",
    ),
    "product_db.daily_events": _text(
        '{"user_id": "u1", "event_date": "2026-06-27", "event_type": "login", "event_count": 3, "loaded_at": "2026-06-28T02:00:00"}',
        "daily_events.jsonl",
    ),
    "file_drop.funding": _file(
        "funding", "company_name,company_domain,announced_on,round_type,amount,currency", "Acme,acme.example,2026-06-28,seed,5000000,USD"
    ),
    "file_drop.executive_change": _file(
        "executive_change", "company_name,company_domain,person_name,title,change_type,announced_on",
        "Acme,acme.example,Ada Byron,Chief Operating Officer,new_hire,2026-06-28",
    ),
    "file_drop.job_posting": _file(
        "job_posting", "company_name,company_domain,title,posted_on,url", "Acme,acme.example,Notary,2026-06-28,https://acme.example/jobs/1"
    ),
    "file_drop.technology": _file(
        "technology", "company_domain,technology,category,status,first_seen", "acme.example,DocuSign,eSignature,added,2026-06-20"
    ),
    "file_drop.expansion": _file(
        "expansion", "company_name,company_domain,expansion_type,announced_on,city", "Acme,acme.example,new_office,2026-06-28,Austin"
    ),
    "file_drop.sixsense_segment": _file("sixsense_segment", "segment_id,domain,name,country", "4713,acme.example,Acme,US"),
    "ops.holdout": lambda: Body(b"", "ops", value=[{"company_id": "c1", "arm": "treated", "drawn_on": date(2026, 6, 1), "salt": "s"}]),
    "ops.suppressions": lambda: Body(
        b"", "ops", value=[{"email_key": "k1", "company_id": "", "reason": "erased", "since": date(2026, 6, 1), "note": None}]
    ),
    "ops.sends": lambda: Body(
        b"", "ops", value=[{"effect_id": "e1", "plan_hash": "p", "dt_planned": date(2026, 6, 1), "status": "confirmed",
                            "confirmed_at": datetime(2026, 6, 2, 3)}],
    ),
    "ops.enrichments": lambda: Body(
        b"", "ops", value=[{"entry_id": "x", "provider": "6sense", "lookup_key": "l", "outcome": "hit", "credits": 1.0, "usd": 0.6,
                            "at": datetime(2026, 6, 2, 3, tzinfo=UTC).replace(tzinfo=None)}],
    ),
    "crunchbase.acquisitions": _text(
        "company_permalink,company_name,acquirer_permalink,acquirer_name,acquired_at,price_amount,price_currency_code\n"
        "/organization/acme,Acme,/organization/beta,Beta,2026-06-12,1000000,USD\n",
        "crunchbase/acquisitions_2026-06.csv",
    ),
    "crunchbase.funding_rounds": _text(
        "permalink,company,numEmps,category,city,state,fundedDate,raisedAmt,raisedCurrency,round\n"
        "acme,Acme,20,web,Austin,TX,1-May-07,5000000,USD,a\n",
        "crunchbase/funding_rounds.csv",
    ),
    "sec_edgar.feed": _text(_ATOM, "getcurrent"),
    "sec_edgar.index": _text(_INDEX, "daily-index form.20260626.idx"),
    "sec_edgar.companies": _text(json.dumps(_SUBMISSIONS), "submissions CIK0000012345.json", cik="0000012345"),
    "sec_edgar.submissions": _text(json.dumps(_SUBMISSIONS), "submissions CIK0000012345.json", cik="0000012345"),
    "sec_edgar.filings": _text(
        _EIGHT_K, "0000012345-26-000001.txt", accession="0000012345-26-000001", cik="0000012345", company_name="ACME CORP", form="8-K",
        filed_on=date(2026, 6, 26), accepted_at=datetime(2026, 6, 26, 20, 5, tzinfo=UTC),
    ),
}  # fmt: skip
