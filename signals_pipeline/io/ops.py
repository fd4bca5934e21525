"""The ops store: the only transactional state (SQLite in WAL mode, Postgres in production).

Tables are declared here; `open_ops` (`ops_store.py`) brings a database to the newest Alembic revision.
Does not belong here: facts that can be recomputed (lake), business logic (the stages).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String, Table, Text

from signals_pipeline.io.ops_store import open_ops as open_ops
from signals_pipeline.io.ops_store import put as put
from signals_pipeline.io.ops_store import serialize as serialize

metadata = sa.MetaData()


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns)


# ---- sources -------------------------------------------------------------------------------------------------
cursors = _table(
    "cursors", Column("stream", String, primary_key=True), Column("value", Text, nullable=False), Column("updated_at", DateTime)
)
tokens = _table(
    "tokens",
    Column("vendor", String, primary_key=True),
    Column("access_token", Text),
    Column("refresh_token", Text),
    Column("expires_at", DateTime),
    Column("minted_at", DateTime),
    Column("extra", Text),
)
etags = _table(
    "etags",
    Column("request_key", String, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body", Text),
    Column("seen_at", DateTime),
)
rate_buckets = _table(  # one row per (vendor, limit); `slots` holds instants of recent permits, JSON seconds
    "rate_buckets",
    Column("bucket", String, primary_key=True),
    Column("next_free", Float, nullable=False, default=0.0),
    Column("window_start", Float),
    Column("used", Integer, nullable=False, default=0),
    Column("state", Text),
)
quota_counters = _table(
    "quota_counters",
    Column("vendor", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("period_key", String, primary_key=True),
    Column("used", Integer, nullable=False, default=0),
)
source_health = _table(
    "source_health",
    Column("stream", String, primary_key=True),
    Column("status", String),
    Column("error", Text),
    Column("failures", Integer, default=0),
    Column("last_ok_at", DateTime),
    Column("last_try_at", DateTime),
    Column("paused_until", DateTime),
)
dropped_files = _table(
    "dropped_files",
    Column("sha256", String, primary_key=True),
    Column("name", Text),
    Column("template", String),
    Column("status", String),
    Column("records_in", Integer),
    Column("landed", Integer),
    Column("rejected", Integer),
    Column("at", DateTime),
)
# ---- identity ------------------------------------------------------------------------------------------------
identity_decisions = _table(  # a person's word: same | different; undo of a merge is `different`
    "identity_decisions",
    Column("kind", String, primary_key=True),
    Column("left_id", String, primary_key=True),
    Column("right_id", String, primary_key=True),
    Column("decision", String, nullable=False),
    Column("by", String),
    Column("at", DateTime),
)
# ---- enrichment ----------------------------------------------------------------------------------------------
credit_ledger = _table(  # reserved before the call, settled after it
    "credit_ledger",
    Column("entry_id", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("lookup_key", String, nullable=False),
    Column("dt", Date, nullable=False),
    Column("status", String, nullable=False),
    Column("reserved", Float, nullable=False),
    Column("spent", Float, nullable=False, default=0.0),
    Column("usd", Float, nullable=False, default=0.0),
    Column("company_id", String),
    Column("signal_id", String),
    Column("at", DateTime, nullable=False),
)
enrichment_cache = _table(
    "enrichment_cache",
    Column("provider", String, primary_key=True),
    Column("lookup_key", String, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("payload", Text),
    Column("at", DateTime, nullable=False),
    Column("expires_at", DateTime),
)
# ---- priorities ----------------------------------------------------------------------------------------------
holdouts = _table(  # arm: treated | held_out; drawn once, when the account first becomes eligible
    "holdouts",
    Column("company_id", String, primary_key=True),
    Column("arm", String, nullable=False),
    Column("drawn_on", Date, nullable=False),
    Column("salt", String, nullable=False),
)
suppressions = _table(  # ours: erased, do_not_contact by hand; email_key or company_id, the other is ''
    "suppressions",
    Column("email_key", String, primary_key=True, default=""),
    Column("company_id", String, primary_key=True, default=""),
    Column("reason", String, primary_key=True),
    Column("since", Date, nullable=False),
    Column("note", Text),
)
# ---- activation ----------------------------------------------------------------------------------------------
plans = _table(  # status: open | gated | refused | approved | applied | superseded
    "plans",
    Column("plan_hash", String, primary_key=True),
    Column("dt", Date, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("rules_hash", String, nullable=False),
    Column("model_version", String, nullable=False),
    Column("is_historical", Boolean, nullable=False, default=False),
    Column("cost_usd", Float, nullable=False, default=0.0),
    Column("rows", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("superseded_by", String),
)
approvals = _table(
    "approvals", Column("plan_hash", String, primary_key=True), Column("by", String, nullable=False), Column("at", DateTime, nullable=False)
)
gate_results = _table(
    "gate_results",
    Column("plan_hash", String, primary_key=True),
    Column("gate", String, primary_key=True),
    Column("passed", Boolean, nullable=False),
    Column("failures", Text),
    Column("rows_judged", Integer),
    Column("judged_at", DateTime, nullable=False),
)
ledger = _table(  # status: intent | sent | confirmed | refused | failed | unknown | review
    "ledger",
    Column("effect_id", String, primary_key=True),
    Column("plan_hash", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("outbox_id", String),
    Column("dt", Date, nullable=False),
    Column("destination", String, nullable=False),
    Column("object", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("natural_key", String, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("vendor_id", String),
    Column("company_id", String),
    Column("person_id", String),
    Column("email_key", String),
    Column("signal_id", String),
    Column("signal_type", String),
    Column("is_probe", Boolean, default=False),
    Column("refused_because", Text),
    Column("error", Text),
    Column("intended_at", DateTime),
    Column("sent_at", DateTime),
    Column("confirmed_at", DateTime),
)
sa.Index("ledger_by_key", ledger.c.destination, ledger.c.object, ledger.c.natural_key)
vendor_keys = _table(
    "vendor_keys",
    Column("destination", String, primary_key=True),
    Column("object", String, primary_key=True),
    Column("our_key", String, primary_key=True),
    Column("vendor_id", String, nullable=False),
    Column("at", DateTime),
)
reviews = _table(  # what a person must look at: ambiguous claim, unknown outcome, merge of two CRM contacts
    "reviews",
    Column("review_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text),
    Column("status", String, nullable=False, default="open"),
    Column("at", DateTime, nullable=False),
)
alerts = _table(  # one per rule, episode and channel
    "alerts",
    Column("alert_id", String, primary_key=True),
    Column("rule", String, nullable=False),
    Column("signal_id", String),
    Column("company_id", String),
    Column("channel", String, nullable=False),
    Column("status", String, nullable=False),
    Column("body", Text),
    Column("read_back", Text),
    Column("at", DateTime, nullable=False),
)
notices = _table(  # in-app
    "notices",
    Column("notice_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text),
    Column("recipient", String),
    Column("is_read", Boolean, nullable=False, default=False),
    Column("at", DateTime, nullable=False),
)
message_cache = _table(
    "message_cache", Column("content_key", String, primary_key=True), Column("body", Text, nullable=False), Column("at", DateTime)
)
signal_actions = _table(
    "signal_actions",
    Column("action_id", String, primary_key=True),
    Column("signal_id", String, nullable=False),
    Column("action_type", String, nullable=False),
    Column("by", String),
    Column("outcome", Text),
    Column("notes", Text),
    Column("taken_at", DateTime, nullable=False),
)
proposals = _table(
    "proposals",
    Column("proposal_id", String, primary_key=True),
    Column("kind", String),
    Column("body", Text),
    Column("status", String),
    Column("at", DateTime),
)
# ---- house ---------------------------------------------------------------------------------------------------
audit = _table(
    "audit",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("hash", String, nullable=False),
)
leases = _table(
    "leases", Column("name", String, primary_key=True), Column("holder", String, nullable=False), Column("until", DateTime, nullable=False)
)
switches = _table(
    "switches",
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("by", String),
    Column("at", DateTime),
)
runs = _table(
    "runs",
    Column("run_id", String, primary_key=True),
    Column("dt", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("started_at", DateTime),
    Column("ended_at", DateTime),
    Column("report", Text),
)
