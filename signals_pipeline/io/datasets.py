"""Every dataset of the lake, declared once: name, layer, schema, key, owner stage, personal columns.

stages write them through `io/lake.py`; dbt reads them through the macro `lake('<name>')`.
Add a dataset by adding a row here; a zero-row file is written for it, so engines never meet an empty path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa

from signals_pipeline.errors import Permanent
from signals_pipeline.rules.names import nearest

Layer = Literal["raw", "facts", "rejects"]

TEXT, INT, REAL, FLAG, DAY = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()
TIME = pa.timestamp("us")  # always UTC, written without a zone
MONEY = pa.decimal128(18, 2)

ENVELOPE: dict[str, pa.DataType] = {
    "record_key": TEXT,  # key of the record inside its stream, text
    "occurred_at": TIME,  # when it was true in the world; null when the source does not say
    "known_at": TIME,  # when the source said it
    "known_at_basis": TEXT,  # acceptance | filing | announcement | signature | file_as_of | modified | pulled
    "pulled_at": TIME,  # when we fetched it
    "payload": TEXT,  # what the vendor said, verbatim
}


@dataclass(frozen=True)
class Dataset:
    """One dataset. `key` is unique within (dt, file) after landing; rows are sorted by `key` on write."""

    name: str
    layer: Layer
    columns: dict[str, pa.DataType]
    key: tuple[str, ...]
    owner: str
    personal: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        return pa.schema(list(self.columns.items()))


def _raw(name: str, personal: tuple[str, ...] = (), /, **columns: pa.DataType) -> Dataset:
    return Dataset(name, "raw", {**ENVELOPE, **columns}, ("record_key",), "sources", (*personal, "payload"))


def _facts(name: str, owner: str, key: tuple[str, ...], personal: tuple[str, ...] = (), /, **cols: pa.DataType) -> Dataset:
    return Dataset(name, "facts", cols, key, owner, personal)


_ALL = (
    # ---- raw: Salesforce (state, but history which is event) ------------------------------------------------
    _raw("salesforce__accounts", account_id=TEXT, name=TEXT, website=TEXT, domain=TEXT, industry=TEXT,
         employees=INT, annual_revenue=REAL, country=TEXT, state=TEXT, city=TEXT, owner_id=TEXT, type=TEXT,
         do_not_contact=FLAG, signal_key=TEXT, created_at=TIME, last_modified_at=TIME, is_deleted=FLAG),
    _raw("salesforce__contacts", ("email", "first_name", "last_name", "phone", "linkedin_url"),
         contact_id=TEXT, account_id=TEXT, email=TEXT, email_key=TEXT, first_name=TEXT, last_name=TEXT, title=TEXT,
         phone=TEXT, linkedin_url=TEXT, country=TEXT, has_opted_out=FLAG, do_not_contact=FLAG, email_bounced_at=TIME,
         owner_id=TEXT, signal_key=TEXT, created_at=TIME, last_modified_at=TIME, is_deleted=FLAG),
    _raw("salesforce__leads", ("email", "first_name", "last_name", "phone"),
         lead_id=TEXT, email=TEXT, email_key=TEXT, first_name=TEXT, last_name=TEXT, title=TEXT, phone=TEXT, company=TEXT,
         website=TEXT, domain=TEXT, country=TEXT, status=TEXT, has_opted_out=FLAG, is_converted=FLAG,
         converted_account_id=TEXT, converted_contact_id=TEXT, owner_id=TEXT, created_at=TIME, last_modified_at=TIME,
         is_deleted=FLAG),
    _raw("salesforce__opportunities", opportunity_id=TEXT, account_id=TEXT, name=TEXT, stage_name=TEXT, amount=MONEY,
         currency=TEXT, is_closed=FLAG, is_won=FLAG, close_date=DAY, owner_id=TEXT, loss_reason=TEXT, competitor=TEXT,
         primary_contact_id=TEXT, created_at=TIME, last_modified_at=TIME, is_deleted=FLAG),
    _raw("salesforce__opportunity_history", history_id=TEXT, opportunity_id=TEXT, stage_name=TEXT, amount=MONEY,
         close_date=DAY, is_closed=FLAG, is_won=FLAG, created_at=TIME),
    _raw("salesforce__meetings", meeting_id=TEXT, account_id=TEXT, contact_id=TEXT, owner_id=TEXT, starts_at=TIME,
         status=TEXT, is_accepted=FLAG, created_at=TIME, last_modified_at=TIME),
    _raw("salesforce__users", ("email", "name"), user_id=TEXT, email=TEXT, name=TEXT, is_active=FLAG, territory=TEXT,
         last_modified_at=TIME, email_key=TEXT),
    # ---- raw: Outreach (state) ------------------------------------------------------------------------------
    _raw("outreach__prospects", ("email", "first_name", "last_name"),
         prospect_id=INT, email=TEXT, email_key=TEXT, first_name=TEXT, last_name=TEXT, title=TEXT, company=TEXT,
         owner_id=INT, opted_out=FLAG, email_opted_out=FLAG, external_id=TEXT, signal_source=TEXT, signal_stage=TEXT,
         signal_score=TEXT, touched_at=TIME, engaged_at=TIME, created_at=TIME, updated_at=TIME),
    _raw("outreach__email_addresses", ("email",), email_address_id=INT, prospect_id=INT, email=TEXT, email_key=TEXT,
         status=TEXT, unsubscribed_at=TIME, status_changed_at=TIME, updated_at=TIME),
    _raw("outreach__sequences", sequence_id=INT, name=TEXT, is_enabled=FLAG, is_locked=FLAG, is_transactional=FLAG,
         is_throttle_paused=FLAG, throttle_max_adds_per_day=INT, updated_at=TIME),
    _raw("outreach__mailboxes", ("email",), mailbox_id=INT, email=TEXT, user_id=INT, owner_email_key=TEXT,
         is_send_disabled=FLAG, send_errored_at=TIME, max_emails_per_day=INT, updated_at=TIME),
    _raw("outreach__sequence_states", sequence_state_id=INT, prospect_id=INT, sequence_id=INT, mailbox_id=INT, state=TEXT,
         replied_at=TIME, deliver_count=INT, reply_count=INT, bounce_count=INT, opt_out_count=INT, state_changed_at=TIME,
         created_at=TIME, updated_at=TIME),
    _raw("outreach__mailings", mailing_id=INT, prospect_id=INT, sequence_id=INT, sequence_state_id=INT, mailbox_id=INT,
         state=TEXT, delivered_at=TIME, opened_at=TIME, clicked_at=TIME, replied_at=TIME, bounced_at=TIME,
         unsubscribed_at=TIME, created_at=TIME, updated_at=TIME),
    # ---- raw: 6sense (state) ----------------------------------------------------------------------------------
    _raw("sixsense__segment_members", segment_id=TEXT, segment_name=TEXT, domain=TEXT, name=TEXT, country=TEXT, topics=TEXT),
    _raw("sixsense__account_scores", domain=TEXT, name=TEXT, product=TEXT, intent_score=REAL, buying_stage=TEXT,
         profile_score=REAL, profile_fit=TEXT, industry=TEXT, country=TEXT, employee_range=TEXT, employees=INT),
    # ---- raw: product database (users are state, daily counts are event) --------------------------------------
    _raw("product_db__users", ("email",), user_id=TEXT, email=TEXT, email_key=TEXT, domain=TEXT, company_name=TEXT,
         plan_type=TEXT, signup_at=TIME, country=TEXT, company_size=INT, team_members=INT, updated_at=TIME),
    _raw("product_db__daily_events", user_id=TEXT, event_date=DAY, event_type=TEXT, event_count=INT, loaded_at=TIME),
    # ---- raw: SEC EDGAR (event) -------------------------------------------------------------------------------
    _raw("sec_edgar__feed", accession=TEXT, cik=TEXT, company_name=TEXT, form=TEXT, role=TEXT, filed_on=DAY,
         accepted_at=TIME, items=TEXT, index_url=TEXT),
    _raw("sec_edgar__index", accession=TEXT, cik=TEXT, company_name=TEXT, form=TEXT, filed_on=DAY, path=TEXT),
    _raw("sec_edgar__companies", cik=TEXT, company_name=TEXT, former_names=TEXT, sic=TEXT, sic_description=TEXT,
         entity_type=TEXT, tickers=TEXT, website=TEXT, domain=TEXT, country=TEXT, state=TEXT, city=TEXT),
    _raw("sec_edgar__submissions", accession=TEXT, cik=TEXT, company_name=TEXT, form=TEXT, filed_on=DAY, reported_on=DAY,
         accepted_at=TIME, items=TEXT, primary_document=TEXT),
    _raw("sec_edgar__filings", ("text",), accession=TEXT, cik=TEXT, company_name=TEXT, form=TEXT, filed_on=DAY, reported_on=DAY,
         accepted_at=TIME, signed_on=DAY, items=TEXT, document_url=TEXT, has_document=FLAG, text=TEXT,
         country=TEXT, state=TEXT, city=TEXT),
    # ---- raw: files (event) -----------------------------------------------------------------------------------
    _raw("crunchbase__acquisitions", company_id=TEXT, company_name=TEXT, company_country=TEXT, company_city=TEXT,
         company_categories=TEXT, acquirer_id=TEXT, acquirer_name=TEXT, acquirer_country=TEXT, acquirer_city=TEXT,
         announced_on=DAY, price=MONEY, currency=TEXT, source_row=TEXT),
    _raw("crunchbase__funding_rounds", company_id=TEXT, company_name=TEXT, category=TEXT, employees=INT, country=TEXT, state=TEXT, city=TEXT,
         announced_on=DAY, round_type=TEXT, amount=MONEY, currency=TEXT, source_row=TEXT),
    _raw("file_drop__funding", company_name=TEXT, company_domain=TEXT, registry_id=TEXT, announced_on=DAY, round_type=TEXT,
         amount=MONEY, currency=TEXT, closed_on=DAY, valuation=MONEY, investors=TEXT, lead_investor=TEXT, source_url=TEXT, vendor_id=TEXT,
         source_row=TEXT),
    _raw("file_drop__executive_change", ("person_name", "linkedin_url"), company_name=TEXT, company_domain=TEXT, registry_id=TEXT,
         person_name=TEXT, title=TEXT, change_type=TEXT, announced_on=DAY, effective_on=DAY, previous_company=TEXT,
         previous_title=TEXT, linkedin_url=TEXT, vendor_id=TEXT, source_row=TEXT),
    _raw("file_drop__job_posting", company_name=TEXT, company_domain=TEXT, title=TEXT, posted_on=DAY, url=TEXT, location=TEXT,
         country=TEXT, department=TEXT, employment_type=TEXT, remote=TEXT, description=TEXT, salary_min=MONEY,
         salary_max=MONEY, currency=TEXT, job_id=TEXT, source_row=TEXT),
    _raw("file_drop__technology", company_domain=TEXT, technology=TEXT, category=TEXT, status=TEXT, first_seen=DAY,
         last_seen=DAY, confidence=REAL, vendor_id=TEXT, source_row=TEXT),
    _raw("file_drop__expansion", company_name=TEXT, company_domain=TEXT, registry_id=TEXT, expansion_type=TEXT,
         announced_on=DAY, city=TEXT, country=TEXT, address=TEXT, size_sqft=REAL, effective_on=DAY, target_company=TEXT,
         deal_size=MONEY, currency=TEXT, source_url=TEXT, source_row=TEXT),
    # ---- raw: our own ops store, pulled first like any vendor (state) -----------------------------------------
    _raw("ops__holdout", company_id=TEXT, arm=TEXT, drawn_on=DAY, salt=TEXT),
    _raw("ops__suppressions", email_key=TEXT, company_id=TEXT, reason=TEXT, since=DAY, note=TEXT),
    _raw("ops__sends", effect_id=TEXT, plan_hash=TEXT, dt_planned=DAY, destination=TEXT, object=TEXT, operation=TEXT,
         natural_key=TEXT, status=TEXT, vendor_id=TEXT, company_id=TEXT, person_id=TEXT, email_key=TEXT, signal_id=TEXT,
         signal_type=TEXT, is_probe=FLAG, sent_at=TIME, confirmed_at=TIME),
    _raw("ops__enrichments", provider=TEXT, lookup_key=TEXT, outcome=TEXT, credits=REAL, usd=REAL, company_id=TEXT, signal_id=TEXT, at=TIME),
    # ---- facts: sources ---------------------------------------------------------------------------------------
    _facts("mentions", "sources", ("mention_id",),  # companies only; people stand in `people`
           mention_id=TEXT, dataset=TEXT, record_key=TEXT, role=TEXT,  # role: subject | acquirer | target | employer | ...
           known_at=TIME, name=TEXT, domain=TEXT, cik=TEXT, registry_id=TEXT, account_id_salesforce=TEXT,
           crunchbase_id=TEXT, country=TEXT, state=TEXT, city=TEXT, industry=TEXT, employees=INT),
    _facts("people", "sources", ("person_record_id",),
           ("email", "first_name", "last_name", "full_name", "phone", "linkedin_url"),
           person_record_id=TEXT, dataset=TEXT, record_key=TEXT, mention_id=TEXT,  # mention of the employer
           known_at=TIME, email=TEXT, email_key=TEXT, first_name=TEXT, last_name=TEXT, full_name=TEXT, phone=TEXT,
           linkedin_url=TEXT, title=TEXT, level=TEXT, department=TEXT, country=TEXT, contact_id_salesforce=TEXT,
           lead_id_salesforce=TEXT, prospect_id_outreach=INT, user_id_product=TEXT, people_id_sixsense=TEXT, email_grade=TEXT),
    _facts("events", "sources", ("event_id",),
           event_id=TEXT, dataset=TEXT, record_key=TEXT, signal_type=TEXT, occurred_at=TIME, known_at=TIME,
           known_at_basis=TEXT, modality=TEXT, confidence=REAL, mention_id=TEXT, other_mention_id=TEXT,
           other_company_name=TEXT, person_record_id=TEXT, change_type=TEXT, title=TEXT, level=TEXT, department=TEXT,
           effective_on=DAY, round_type=TEXT, amount=MONEY, currency=TEXT, amount_usd=MONEY, offering_amount=MONEY,
           amount_qualifier=TEXT, valuation=MONEY, investors=TEXT, deal_stage=TEXT, subject=TEXT, place=TEXT,
           span_start=INT, span_end=INT,  # into the record's `text`; null when the source is a row
           trigger=TEXT, accession=TEXT, source_url=TEXT, source_row=TEXT, extractor=TEXT, extractor_version=TEXT),
    _facts("documents", "sources", ("document_id",),
           document_id=TEXT, dataset=TEXT, record_key=TEXT, form=TEXT, items=TEXT, events=INT, reason=TEXT,
           extractor=TEXT, extractor_version=TEXT),
    _facts("stream_runs", "sources", ("stream",),
           stream=TEXT, vendor=TEXT, kind=TEXT, needed_for=TEXT, records_in=INT, records_read=INT, landed=INT, rejected=INT,
           unknown_fields=TEXT,
           status=TEXT, error=TEXT, newest_known_at=TIME, age_hours=REAL, requests=INT, waits_s=REAL, too_many_requests=INT,
           cost_usd=REAL, started_at=TIME, ended_at=TIME),
    # ---- facts: identity --------------------------------------------------------------------------------------
    _facts("company_links", "identity", ("mention_id",),
           mention_id=TEXT, company_id=TEXT, method=TEXT, probability=REAL, decided_by=TEXT),
    _facts("company_merges", "identity", ("company_id", "op"),  # op: merge | undo; company_id points to into_company_id from dt on
           company_id=TEXT, into_company_id=TEXT, op=TEXT, reason=TEXT),
    _facts("person_links", "identity", ("person_record_id",),
           person_record_id=TEXT, person_id=TEXT, company_id=TEXT, method=TEXT, probability=REAL,
           evidence_person_id=TEXT),  # whom the record itself names, before merges; null: person_id
    _facts("person_merges", "identity", ("person_id", "op"),  # as company_merges; `person_links.person_id` is folded already
           person_id=TEXT, into_person_id=TEXT, op=TEXT, reason=TEXT),
    # what identity decided first about each way of saying who one is; its own memory, made again from records and links when lost
    _facts("company_signatures", "identity", ("signature_id", "mention_id"), signature_id=TEXT, mention_id=TEXT, known_at=TIME,
           cik=TEXT, registry_id=TEXT, crunchbase_id=TEXT, account_id_salesforce=TEXT, domain=TEXT, profile=TEXT,
           company_id=TEXT, is_recycled=FLAG, rules=TEXT),  # is_recycled: it took its domain over from another company
    _facts("person_signatures", "identity", ("signature_id", "person_record_id"), signature_id=TEXT, person_record_id=TEXT,
           known_at=TIME, email_key=TEXT, linkedin=TEXT, contact_id_salesforce=TEXT, lead_id_salesforce=TEXT,
           prospect_id_outreach=TEXT, user_id_product=TEXT, people_id_sixsense=TEXT, name_key=TEXT,  # name and profile URL: keyed hashes
           company_id=TEXT, person_id=TEXT, rules=TEXT),
    _facts("episode_links", "identity", ("event_id",),
           event_id=TEXT, episode_id=TEXT, signal_type=TEXT, company_id=TEXT, subject=TEXT, is_first=FLAG),
    _facts("link_reviews", "identity", ("left_id", "right_id"), left_id=TEXT, right_id=TEXT, kind=TEXT, probability=REAL, reason=TEXT),
    # ---- facts: scoring ---------------------------------------------------------------------------------------
    _facts("account_scores", "scoring", ("company_id", "model"),
           company_id=TEXT, model=TEXT, model_version=TEXT, composite_score=REAL, readiness_stage=TEXT, relevance=REAL,
           p_opportunity=REAL, p_purchase_30d=REAL, p_purchase_60d=REAL, p_purchase_90d=REAL,
           days_to_purchase_low=REAL, days_to_purchase=REAL, days_to_purchase_high=REAL, urgency=REAL,
           deal_size_low=REAL, deal_size_median=REAL, deal_size_high=REAL, status=TEXT, abstained_because=TEXT),
    _facts("account_score_reasons", "scoring", ("company_id", "model", "position"),
           company_id=TEXT, model=TEXT, position=INT, reason=TEXT, feature=TEXT, signal_id=TEXT, points=REAL),
    # ---- facts: enrichment ------------------------------------------------------------------------------------
    _facts("enrichment_results", "enrichment", ("company_id", "lookup_key"),
           company_id=TEXT, signal_id=TEXT, provider=TEXT, lookup_key=TEXT, outcome=TEXT, person_record_id=TEXT,
           credits=REAL, usd=REAL, is_cached=FLAG),
    # ---- facts: activation ------------------------------------------------------------------------------------
    _facts("plan_rows", "activation", ("plan_hash", "row_id"),
           plan_hash=TEXT, row_id=TEXT, outbox_id=TEXT, destination=TEXT, object=TEXT, natural_key=TEXT, operation=TEXT,
           company_id=TEXT, person_id=TEXT, email_key=TEXT, signal_id=TEXT, signal_type=TEXT, reason=TEXT, cost_usd=REAL, fields=INT),
    _facts("sends", "activation", ("effect_id",),
           effect_id=TEXT, plan_hash=TEXT, row_id=TEXT, outbox_id=TEXT, destination=TEXT, object=TEXT, operation=TEXT,
           natural_key=TEXT, status=TEXT, vendor_id=TEXT, company_id=TEXT, person_id=TEXT, email_key=TEXT, signal_id=TEXT,
           signal_type=TEXT, is_probe=FLAG, refused_because=TEXT, intended_at=TIME, sent_at=TIME, confirmed_at=TIME),
    _facts("gate_results", "activation", ("plan_hash", "gate"),
           plan_hash=TEXT, gate=TEXT, passed=FLAG, failures=TEXT, rows_judged=INT, judged_at=TIME),
    # ---- rejects ----------------------------------------------------------------------------------------------
    Dataset("rejects", "rejects",
            {"reject_id": TEXT, "stream": TEXT, "record_key": TEXT, "reason": TEXT, "detail": TEXT, "place": TEXT,
             "pulled_at": TIME, "payload": TEXT},
            ("reject_id",), "sources", ("payload",)),
)  # fmt: skip

_SCORES = next(d for d in _ALL if d.name == "account_scores")
_WHAT_IF = replace(_SCORES, name="what_if_scores", key=(*_SCORES.key, "model_version"))  # beside the record, never in it

DATASETS: dict[str, Dataset] = {d.name: d for d in (*_ALL, _WHAT_IF)}


def dataset(name: str) -> Dataset:
    """The declared dataset. Raises Permanent with the nearest known name when there is none."""
    try:
        return DATASETS[name]
    except KeyError:
        raise Permanent(f"no dataset {name}{nearest(name, DATASETS)}") from None
