"""Rules of the single sources, on vendors played by a local transport: what is asked, what is missing, what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx
import pyarrow as pa
import pytest
from source_fakes import DT, NOW, landed, settings_at

from signals_pipeline.io import ops as store
from signals_pipeline.io.http import Http
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.sources import product_db, runner
from signals_pipeline.sources.outreach import flatten
from signals_pipeline.sources.report import SourcesReport

Handler = Callable[[httpx.Request], httpx.Response]
SET = {
    "salesforce_url": "https://crm.example.com", "salesforce_client_id": "id", "salesforce_client_secret": "s",
    "outreach_url": "https://out.example.com", "outreach_client_id": "id", "outreach_client_secret": "s", "outreach_refresh_token": "r",
    "speed": 6000, "sixsense_scoring_token": "t" * 40, "sixsense_segments_token": "u" * 40, "product_db_url": "postgresql://nobody@db.example.com/p",
}  # fmt: skip


@pytest.fixture
def vendor_rt(tmp_path: Any) -> Iterator[Runtime]:
    made = build_runtime(settings_at(tmp_path, NOW, **SET))
    yield made
    made.ops.dispose()


def pull(rt: Runtime, handler: Handler, *only: str, dt: date = DT, history_from: date | None = None) -> SourcesReport:
    async def no_wait(_: float) -> None:
        return None

    http = Http(rt.settings, rt.ops, transport=httpx.MockTransport(handler), sleep=no_wait)
    try:
        return runner.run(rt, dt, only=list(only), history_from=history_from, http=http)
    finally:
        asyncio.run(http.__aexit__(None, None, None))


class Crm:
    """A Salesforce of one object: records in pages of two, and a describe of chosen fields."""

    def __init__(self, records: list[dict[str, Any]], fields: list[str], **twist: Any) -> None:
        self.records, self.fields, self.twist, self.asked = records, fields, twist, list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, q = request.url.path, request.url.params.get("q", "")
        if path.endswith("/oauth2/token"):
            return httpx.Response(200, json={"access_token": "a", "instance_url": "https://crm.example.com", "token_type": "Bearer"})
        if path.endswith("/describe"):
            return httpx.Response(200, json={"fields": [{"name": f} for f in self.fields]})
        if "OpportunityStage" in q:
            return self.page([{"MasterLabel": "Lost", "IsClosed": True, "IsWon": False}])
        self.asked.append(q or path)
        start = int(path.rpartition("-")[2]) if "-" in path.rpartition("/")[2] else 0
        if self.twist.get("down_at") == start:
            return httpx.Response(503, json=[{"message": "maintenance", "errorCode": "SERVER_UNAVAILABLE"}])
        more = f"/services/data/v68.0/query/01g-{start if self.twist.get('loop') else start + 2}"
        rows = self.records[start : start + 2]
        if self.twist.get("repeat") and start:
            rows = self.records[start - 2 : start + 2]
        return self.page(rows, more if start + 2 < len(self.records) else None)

    def page(self, records: list[dict[str, Any]], more: str | None = None) -> httpx.Response:
        body = {"totalSize": 9, "done": more is None, "records": [{"attributes": {"type": "X", "url": "/x"}, **r} for r in records]}
        return httpx.Response(200, json={**body, **({"nextRecordsUrl": more} if more else {})})


ACCOUNT_FIELDS = ["Id", "Name", "Website", "NumberOfEmployees", "OwnerId", "LastModifiedDate", "CreatedDate", "IsDeleted"]


def account(n: int, **more: Any) -> dict[str, Any]:
    at = "2026-06-28T09:00:00.000+0000"
    return {"Id": f"001{n}", "Name": f"Acme {n}", "Website": None, "NumberOfEmployees": None, "LastModifiedDate": at, **more}


def test_a_crm_without_our_custom_fields_is_pulled_with_what_it_has(vendor_rt: Runtime) -> None:
    crm = Crm([account(n) for n in range(5)], ACCOUNT_FIELDS)
    run = pull(vendor_rt, crm, "salesforce.accounts").streams[0]
    assert (run.status, run.landed, run.rejected) == ("ok", 5, 0)
    assert {"Signal_Key__c", "Domain__c", "Do_Not_Contact__c"} <= set(run.missing)
    assert "Signal_Key__c" not in crm.asked[0]
    assert "missing Signal_Key__c" in landed(vendor_rt, "stream_runs")[0]["unknown_fields"]
    assert run.requests >= 5


def test_a_null_parent_or_amount_is_no_reason_to_reject(vendor_rt: Runtime) -> None:
    record = {"Id": "006A", "AccountId": None, "Amount": None, "IsClosed": False, "IsWon": False,
              "LastModifiedDate": "2026-06-28T09:00:00.000+0000", "CreatedDate": None}  # fmt: skip
    run = pull(vendor_rt, Crm([record], list(record)), "salesforce.opportunities").streams[0]
    assert (run.landed, run.rejected) == (1, 0)
    assert landed(vendor_rt, "salesforce__opportunities")[0]["known_at_basis"] == "modified"


def test_repeated_pages_of_a_crm_land_each_record_once(vendor_rt: Runtime) -> None:
    run = pull(vendor_rt, Crm([account(n) for n in range(6)], ACCOUNT_FIELDS, repeat=True), "salesforce.accounts").streams[0]
    assert (run.status, run.landed, run.reasons) == ("ok", 6, {"duplicate": 4})


def test_a_crm_that_goes_down_between_pages_keeps_yesterdays_accounts(vendor_rt: Runtime) -> None:
    pull(vendor_rt, Crm([account(n) for n in range(5)], ACCOUNT_FIELDS), "salesforce.accounts", dt=DT - timedelta(days=1))
    run = pull(vendor_rt, Crm([account(n) for n in range(5)], ACCOUNT_FIELDS, down_at=2), "salesforce.accounts").streams[0]
    assert (run.status, run.landed, run.needed_for) == ("failed", 0, ["activation"])
    assert {r["dt"] for r in landed(vendor_rt, "salesforce__accounts")} == {DT - timedelta(days=1)}


def test_a_paging_loop_of_a_crm_breaks_the_contract(vendor_rt: Runtime) -> None:
    run = pull(vendor_rt, Crm([account(n) for n in range(5)], ACCOUNT_FIELDS, loop=True), "salesforce.accounts").streams[0]
    assert run.status == "failed"
    assert (run.error or "").startswith("ContractBroken")


def test_a_retyped_field_rejects_its_record_and_a_renamed_key_stops_the_stream(vendor_rt: Runtime) -> None:
    records = [account(n) for n in range(30)] + [account(31, NumberOfEmployees="many")]
    run = pull(vendor_rt, Crm(records, ACCOUNT_FIELDS), "salesforce.accounts").streams[0]
    assert (run.landed, run.reasons) == (30, {"wrong_type": 1})
    run = pull(vendor_rt, Crm([account(1)], ["AccountKey", "Name"]), "salesforce.accounts").streams[0]
    assert "has no Id" in (run.error or "")


def test_stage_history_takes_closed_and_won_from_the_stage_and_asks_no_further_than_the_window(vendor_rt: Runtime) -> None:
    record = {"Id": "008A", "OpportunityId": "006A", "StageName": "Lost", "CreatedDate": "2026-06-29T12:00:00.000+0000"}
    crm = Crm([record], list(record))
    run = pull(vendor_rt, crm, "salesforce.opportunity_history").streams[0]
    assert "CreatedDate >= 2026-06-27T10:00:00Z AND CreatedDate < 2026-06-30T10:00:00Z" in crm.asked[0]
    row = landed(vendor_rt, "salesforce__opportunity_history")[0]
    assert (run.landed, row["is_closed"], row["is_won"]) == (1, True, False)


class Sequencer:
    def __init__(self, *resources: dict[str, Any]) -> None:
        self.resources, self.asked = list(resources), list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx.Response(200, json={"access_token": "a", "refresh_token": "r2", "expires_in": 7200})
        if request.url.path.endswith("/users"):
            return httpx.Response(200, json={"data": [{"type": "user", "id": "3", "attributes": {"email": "Rep@proof.example"}}]})
        self.asked.append(request)
        return httpx.Response(200, json={"data": self.resources, "links": {}})


def mailing(id_: int, at: str = "2026-06-28T09:00:00.000Z", state: str = "delivered") -> dict[str, Any]:
    links = {"prospect": {"data": {"id": 7}}}
    return {"type": "mailing", "id": id_, "attributes": {"state": state, "updatedAt": at}, "relationships": links}


def test_mailings_are_asked_for_by_change_and_merged_with_what_stands(vendor_rt: Runtime) -> None:
    pull(vendor_rt, Sequencer(mailing(1), mailing(2)), "outreach.mailings", dt=DT - timedelta(days=1))
    out = Sequencer(mailing(2, "2026-06-29T09:00:00.000Z", "opened"), mailing(3))
    run = pull(vendor_rt, out, "outreach.mailings").streams[0]
    assert out.asked[0].url.params["filter[updatedAt]"] == "2026-06-26T09:00:00Z..inf"
    assert (run.landed, run.carried) == (2, 1)
    states = {r["mailing_id"]: r["state"] for r in landed(vendor_rt, "outreach__mailings", since=DT)}
    assert states == {1: "delivered", 2: "opened", 3: "delivered"}


def test_a_mailbox_shows_its_owner_by_keyed_hash_and_its_secrets_are_not_asked_for(vendor_rt: Runtime) -> None:
    from signals_pipeline.keys import email_key

    out = Sequencer({"type": "mailbox", "id": 5, "attributes": {"email": "shared@proof.example", "userId": 3}})
    pull(vendor_rt, out, "outreach.mailboxes")
    assert landed(vendor_rt, "outreach__mailboxes")[0]["owner_email_key"] == email_key("rep@proof.example", "k")
    assert "password" not in out.asked[0].url.params["fields[mailbox]"].lower()


def test_a_resource_is_flat_with_the_ids_of_what_it_points_to() -> None:
    found = flatten({"id": "5", "attributes": {"a": 1}, "relationships": {"owner": {"data": {"id": 3}}, "stage": {"data": None}, "x": {}}})
    assert found == {"id": "5", "a": 1, "owner": 3, "stage": None, "x": None}
    assert flatten(["no", "resource"]) == {"id": None}


class Intent:
    """6sense: one segment, and scores for the domains it knows."""

    def __init__(self, known: set[str], break_after: int | None = None) -> None:
        self.known, self.break_after, self.asked = known, break_after, list[str]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/segments"):
            return httpx.Response(200, json={"ids": [4713], "names": ["Surge"], "list": [{"id": 4713, "name": "Surge"}]})
        if "/segment/" in request.url.path:
            accounts = [{"name": d, "domain": d, "country": "US"} for d in sorted(self.known)]
            return httpx.Response(200, json={"count": len(accounts), "accounts": accounts})
        form = parse_qs(request.content.decode())
        if self.break_after is not None and len(self.asked) >= self.break_after:
            return httpx.Response(402, json={"status": "error", "message": "quota"})
        self.asked.append(form["email"][0])
        domain = form["website"][0]
        if domain not in self.known:
            return httpx.Response(404, json={"status": "error", "message": "No match found"})
        score = {"company_intent_score": "81", "company_buying_stage": "Purchase", "company_profile_fit": ""}
        return httpx.Response(200, json={"company": {"name": domain}, "scores": [{"product": p, **score} for p in ("Proof", "Other")]})


def test_no_match_is_an_answer_and_every_product_is_a_row(vendor_rt: Runtime) -> None:
    crm = {"account_id": "1", "domain": "gamma.example", "country": "US", "record_key": "1"}
    vendor_rt.lake.write("salesforce__accounts", DT, [crm], stream="salesforce.accounts")
    vendor_rt.lake.write("salesforce__contacts", DT, [{"record_key": "1", "email": "ada@acme.example"}], stream="salesforce.contacts")
    intent = Intent({"acme.example"})
    report = pull(vendor_rt, intent, "sixsense").by_name()
    assert (report["sixsense.segment_members"].landed, report["sixsense.account_scores"].status) == (1, "ok")
    assert sorted(intent.asked) == ["ada@acme.example", "info@gamma.example"]
    rows = {r["record_key"]: r for r in landed(vendor_rt, "sixsense__account_scores")}
    assert set(rows) == {"acme.example|Proof", "acme.example|Other", "gamma.example|"}
    assert (rows["acme.example|Proof"]["intent_score"], rows["acme.example|Proof"]["profile_fit"]) == (81.0, None)
    assert rows["gamma.example|"]["intent_score"] is None


def test_scores_that_came_before_the_quota_ended_stay_and_are_not_asked_for_again(vendor_rt: Runtime) -> None:
    known = {f"c{n:02}.example" for n in range(60)}
    first = Intent(known, break_after=45)
    run = pull(vendor_rt, first, "sixsense").by_name()["sixsense.account_scores"]
    assert run.status == "failed"
    assert run.landed == 2 * 45
    assert run.records_in == run.landed
    again = Intent(known)
    with vendor_rt.ops.begin() as connection:  # the operator topped up
        connection.execute(store.source_health.update().values(paused_until=None))
    run = pull(vendor_rt, again, "sixsense").by_name()["sixsense.account_scores"]
    assert (run.status, run.landed, run.carried, len(again.asked)) == ("ok", 2 * 15, 2 * 45, 15)
    assert len(landed(vendor_rt, "mentions")) == 60 + 2 * 60


def test_the_budget_of_a_day_goes_to_members_first_then_to_the_stalest(vendor_rt: Runtime) -> None:
    intent = vendor_rt.profile.intent.model_copy(update={"scores_per_day": 3})
    object.__setattr__(vendor_rt, "profile", vendor_rt.profile.model_copy(update={"intent": intent}))
    accounts = [{"record_key": d, "domain": f"{d}.example"} for d in "abcdefg"]
    vendor_rt.lake.write("salesforce__accounts", DT, accounts, stream="salesforce.accounts")
    asked = Intent({"m.example"})
    pull(vendor_rt, asked, "sixsense")
    assert sorted(asked.asked) == ["info@a.example", "info@b.example", "info@m.example"]
    assert pull(vendor_rt, Intent({"m.example"}), "sixsense").by_name()["sixsense.account_scores"].records_in == 0


def test_companies_that_only_signals_name_are_asked_for_after_the_crm(vendor_rt: Runtime) -> None:
    intent = vendor_rt.profile.intent.model_copy(update={"scores_per_day": 3})
    object.__setattr__(vendor_rt, "profile", vendor_rt.profile.model_copy(update={"intent": intent}))
    vendor_rt.lake.write("salesforce__accounts", DT, [{"record_key": "b", "domain": "b.example"}], stream="salesforce.accounts")
    told = {"role": "subject", "country": "US", "known_at": None}
    days = {"a.example": 1, "b.example": 1, "c.example": 2, "d.example": 400, "e.example": 0}
    for domain, ago in days.items():
        rows = [{**told, "mention_id": domain, "domain": domain, "record_key": domain, "dataset": "file_drop__funding"}]
        rows.append({**rows[0], "mention_id": f"other {domain}", "domain": f"target-of-{domain}", "role": "other"})
        vendor_rt.lake.write("mentions", DT - timedelta(days=ago), rows, stream=f"extract-{domain[0]}")
    asked = Intent(set())
    pull(vendor_rt, asked, "sixsense")
    assert sorted(asked.asked) == ["info@a.example", "info@b.example", "info@c.example"]


class FakeDb:
    """Stands in for ProductDb: answers by table name, remembers the watermarks."""

    asked: ClassVar[list[tuple[str, Any]]] = []
    tables: ClassVar[dict[str, pa.Table]] = {}

    def __init__(self, _: Any) -> None: ...

    def batches(self, sql: str, parameters: Any = (), size: int = 50_000) -> Iterator[pa.Table]:
        name = "users" if "from users" in sql else "daily_events"
        self.asked.append((name, parameters))
        yield self.tables[name]


def counts(*rows: tuple[str | None, date, str, int, datetime]) -> pa.Table:
    names = ["user_id", "event_date", "event_type", "event_count", "loaded_at"]
    return pa.table({n: [r[i] for r in rows] for i, n in enumerate(names)})


@pytest.fixture
def db(monkeypatch: pytest.MonkeyPatch) -> type[FakeDb]:
    monkeypatch.setattr(product_db, "ProductDb", FakeDb)
    FakeDb.asked.clear()
    return FakeDb


def test_daily_counts_are_pulled_by_watermark_with_overlap_up_to_the_window(vendor_rt: Runtime, db: type[FakeDb]) -> None:
    at = datetime(2026, 6, 29, 12)
    row = ("u1", date(2026, 6, 28), "login", 3, at)
    db.tables = {"daily_events": counts(row, row, ("u1", date(2026, 6, 28), "login", 2, at), (None, date(2026, 6, 28), "login", 1, at))}
    run = runner.run(vendor_rt, DT, only=["product_db.daily_events"]).streams[0]
    assert (run.status, run.landed, run.reasons) == ("ok", 1, {"missing_field": 1, "duplicate": 1, "superseded": 1})
    assert run.records_in == 4
    db.tables = {"daily_events": counts(row, ("u1", date(2026, 6, 28), "login", 5, datetime(2026, 6, 30, 12)))}
    runner.run(vendor_rt, DT + timedelta(days=1), only=["product_db.daily_events"])
    assert db.asked[0][1] == (datetime(2026, 6, 26, 10), datetime(2026, 6, 30, 9, 59, 59, 999999))
    assert db.asked[1][1] == (datetime(2026, 6, 27, 10), datetime(2026, 7, 1, 9, 59, 59, 999999))
    rows = landed(vendor_rt, "product_db__daily_events")
    assert [(r["dt"], r["event_count"]) for r in rows][-1] == (DT + timedelta(days=1), 5)
    assert len(rows) == 2


def test_users_are_all_pulled_once_and_then_by_change(vendor_rt: Runtime, db: type[FakeDb]) -> None:
    user = {"user_id": ["u1"], "email": ["ada@freemail.example"], "company_name": ["Acme"], "updated_at": [datetime(2026, 6, 28)]}
    db.tables = {"users": pa.table(user)}
    for n in range(2):
        runner.run(vendor_rt, DT + timedelta(days=n), only=["product_db.users"])
    assert [a[1][0] for a in db.asked] == [datetime(1970, 1, 1), datetime(2026, 6, 27, 10)]
    row = landed(vendor_rt, "product_db__users")[0]
    assert (row["domain"], row["known_at_basis"], json.loads(row["payload"])["updated_at"]) == (None, "modified", "2026-06-28T00:00:00")


def test_our_own_snapshot_leaves_out_what_this_run_will_still_write(rt: Runtime) -> None:
    with rt.ops.begin() as connection:
        for company, on in (("c1", DT - timedelta(days=1)), ("c2", DT)):
            connection.execute(store.holdouts.insert().values(company_id=company, arm="treated", drawn_on=on, salt="s"))
        connection.execute(store.suppressions.insert().values(email_key="k", company_id="", reason="erased", since=DT + timedelta(days=1)))
        for entry, dt in (("x", DT - timedelta(days=1)), ("y", DT)):
            at = datetime.combine(dt, datetime.min.time(), UTC).replace(tzinfo=None)
            connection.execute(
                store.credit_ledger.insert().values(
                    entry_id=entry, provider="6sense", lookup_key="l", dt=dt, status="settled", reserved=1, spent=1, usd=0.6, at=at
                )
            )
        cached = {"provider": "6sense", "lookup_key": "l", "outcome": "hit", "at": datetime(2026, 6, 1)}
        connection.execute(store.enrichment_cache.insert().values(**cached))
    report = runner.run(rt, DT, only=["ops"]).by_name()
    assert [r["company_id"] for r in landed(rt, "ops__holdout")] == ["c1"]
    assert [(r["record_key"], r["outcome"]) for r in landed(rt, "ops__enrichments")] == [("x", "hit")]
    assert (report["ops.suppressions"].landed, report["ops.sends"].landed) == (1, 0)


def test_the_sends_of_the_runs_own_day_are_in_the_snapshot_so_that_a_second_run_finds_its_seats_taken(rt: Runtime) -> None:
    with rt.ops.begin() as connection:
        for n, dt in enumerate((DT - timedelta(days=1), DT, DT + timedelta(days=1))):
            connection.execute(
                store.ledger.insert().values(
                    effect_id=f"e{n}",
                    plan_hash="p",
                    row_id="r",
                    dt=dt,
                    destination="outreach",
                    object="sequence_state",
                    operation="enrol",
                    natural_key="k",
                    status="confirmed",
                    attempts=1,
                    is_probe=n == 1,
                )
            )
    runner.run(rt, DT, only=["ops"])
    assert [(r["effect_id"], r["is_probe"]) for r in landed(rt, "ops__sends")] == [("e0", False), ("e1", True)]
