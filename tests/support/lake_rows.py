"""Row factories for datasets of the lake: sensible defaults, overridden by name. Invented companies on reserved domains only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from signals_pipeline.io.lake import Lake
from signals_pipeline.keys import as_uuid, md5

Row = dict[str, Any]


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour))


def envelope(record_key: str, day: date, **more: Any) -> Row:
    known = more.pop("known_at", at(day))
    return {
        "record_key": record_key,
        "known_at": known,
        "known_at_basis": "modified",
        "pulled_at": at(day, 23),
        "payload": "{}",
        **more,
    }


def company_id(name: str) -> str:
    return as_uuid(md5("company", name))


class Days:
    """Collects rows per dataset and day, then writes them: one file per dataset and day."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, date], list[Row]] = {}

    def add(self, dataset: str, day: date, *rows: Row) -> None:
        self.rows.setdefault((dataset, day), []).extend(rows)

    def write(self, lake: Lake, *, until: date | None = None, stream: str = "all") -> None:
        lake.declare()
        for (dataset, day), rows in sorted(self.rows.items()):
            if until is None or day <= until:
                lake.write(dataset, day, rows, stream=stream)

    # ---- what the stages before would have written ------------------------------------------------------------
    def mention(
        self,
        day: date,
        dataset: str,
        record_key: str,
        company: str,
        *,
        role: str = "subject",
        link_day: date | None = None,
        **more: Any,
    ) -> str:
        """A mention and its link; `company` is the name whose id the link gives."""
        mention_id = md5(dataset, record_key, role)
        self.add(
            "mentions",
            day,
            {
                "mention_id": mention_id,
                "dataset": dataset,
                "record_key": record_key,
                "role": role,
                "known_at": at(day),
                "name": company,
                **more,
            },
        )
        self.add(
            "company_links",
            link_day or day,
            {
                "mention_id": mention_id,
                "company_id": company_id(company),
                "method": "domain",
                "probability": 1.0,
                "decided_by": "key",
            },
        )
        return mention_id

    def event(
        self,
        day: date,
        company: str,
        signal_type: str,
        *,
        key: str,
        dataset: str = "sec_edgar__filings",
        episode: str | None = None,
        link_day: date | None = None,
        **more: Any,
    ) -> str:
        """An event with its episode link. `key` names the record, `episode` the event whose episode it joins (its own by default)."""
        event_id = md5(dataset, key, signal_type, 0)
        first = md5(dataset, episode, signal_type, 0) if episode else event_id
        first = more.pop("first_event_id", first)
        self.add(
            "events",
            day,
            {
                "event_id": event_id,
                "dataset": dataset,
                "record_key": key,
                "signal_type": signal_type,
                "known_at": at(day),
                "occurred_at": at(day, 0),
                "known_at_basis": "acceptance",
                "modality": "done",
                "mention_id": md5(dataset, key, "subject"),
                "extractor": "patterns",
                "extractor_version": "1",
                **more,
            },
        )
        self.add(
            "episode_links",
            link_day or day,
            {
                "event_id": event_id,
                "episode_id": md5(signal_type, first),
                "signal_type": signal_type,
                "company_id": company_id(company),
                "subject": more.get("subject"),
                "is_first": first == event_id,
            },
        )
        return event_id

    def user(self, day: date, user_id: str, company: str | None = None, *, signup: date, plan: str = "pro_trial", **more: Any) -> None:
        """A product user, its company mention, its person and link."""
        self.add(
            "product_db__users",
            day,
            {
                **envelope(user_id, day),
                "user_id": user_id,
                "plan_type": plan,
                "signup_at": at(signup, 9),
                "email_key": md5("key", user_id),
                **more,
            },
        )
        self.add(
            "people",
            day,
            {
                "person_record_id": md5("person", "product_db__users", user_id, 0),
                "dataset": "product_db__users",
                "record_key": user_id,
                "mention_id": md5("product_db__users", user_id, "subject") if company else None,
                "known_at": at(day),
                "email_key": md5("key", user_id),
                "user_id_product": user_id,
            },
        )
        self.add(
            "person_links",
            day,
            {
                "person_record_id": md5("person", "product_db__users", user_id, 0),
                "person_id": as_uuid(md5("p", user_id)),
                "company_id": company_id(company) if company else None,
                "method": "key",
                "probability": 1.0,
            },
        )
        if company:
            self.mention(day, "product_db__users", user_id, company, domain=f"{company.lower()}.example")

    def use(self, user_id: str, event_type: str, event_date: date, count: int, *, landed: date | None = None) -> None:
        """A daily count; `landed` is the partition it came in (the day itself by default)."""
        day = landed or event_date
        self.add(
            "product_db__daily_events",
            day,
            {
                **envelope(f"{user_id}|{event_date}|{event_type}", day),
                "user_id": user_id,
                "event_date": event_date,
                "event_type": event_type,
                "event_count": count,
                "loaded_at": at(day, 8),
            },
        )

    def account_score(
        self,
        day: date,
        domain: str,
        *,
        stage: str = "Decision",
        intent: float = 70.0,
        fit: str = "Strong",
        product: str = "Proof",
    ) -> None:
        self.add(
            "sixsense__account_scores",
            day,
            {
                **envelope(domain, day),
                "domain": domain,
                "product": product,
                "intent_score": intent,
                "buying_stage": stage,
                "profile_score": 80.0,
                "profile_fit": fit,
            },
        )

    def segment(self, day: date, *domains: str, segment_id: str = "4713") -> None:
        for domain in domains:
            self.add(
                "sixsense__segment_members",
                day,
                {
                    **envelope(f"{segment_id}|{domain}", day),
                    "segment_id": segment_id,
                    "domain": domain,
                    "segment_name": "High Intent Surge",
                },
            )

    def account(self, day: date, account_id: str, company: str, **more: Any) -> None:
        self.add(
            "salesforce__accounts",
            day,
            {
                **envelope(account_id, day),
                "account_id": account_id,
                "name": company,
                "domain": f"{company.lower()}.example",
                "owner_id": "005A",
                **more,
            },
        )

    def opportunity(self, day: date, opportunity_id: str, account_id: str, *, closed: bool = False, won: bool = False, **more: Any) -> None:
        self.add(
            "salesforce__opportunities",
            day,
            {
                **envelope(opportunity_id, day),
                "opportunity_id": opportunity_id,
                "account_id": account_id,
                "is_closed": closed,
                "is_won": won,
                **more,
            },
        )


def span(first: date, days: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(days)]
