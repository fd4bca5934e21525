"""The market that the tests of this folder judge: every suppression case, both arms, a merge of both, history of a former team."""

from __future__ import annotations

from datetime import datetime, timedelta

from signals_pipeline.io.lake import Lake
from support.market import DAY, Market, key_of

LONG_AGO = datetime(2026, 1, 5)
HELD = "c9"  # md5('spring-2026', 'c9') begins with 1282cf54: the draw holds it out


def write_market(lake: Lake) -> dict[str, str]:
    """Land the case; returns the signal of each company that has one of its own."""
    m = Market(lake)
    m.user("u3", territory="US", is_healthy=False)
    m.user("u4", territory="US", is_active=False)
    signals = {}

    def account(name: str, **columns: object) -> str:
        m.company(name, **columns)  # type: ignore[arg-type]
        signals[name] = m.signal(name)
        m.signal(name, "acquisition", name="too", days_ago=2)  # enough for the minimum score
        return name

    m.person("ann", account("acme", owner="u1"), contact={}, prospect=1)
    m.prospect(1, email_key=key_of("ann@acme.example"), signal_source="6sense_intent_surge", touched_at=LONG_AGO)
    m.person("owned", account("broken", owner="u3"), contact={})
    m.user("u5", territory="Central")
    m.person("tex", account("texan", state="TX"), contact={})
    m.person("mounty", account("mountie", country="CA"), contact={})
    m.person("out", account("optout"), contact={"has_opted_out": True})
    m.person("outp", account("optoutp"), contact={}, prospect=2)
    m.prospect(2, email_opted_out=True)
    m.person("dnc", account("quiet"), contact={"do_not_contact": True})
    m.person("dncacc", account("quietacc", do_not_contact=True), contact={})
    m.person("erased", account("forget"), contact={})
    m.say("ops__suppressions", "e1", email_key=key_of("erased@forget.example"), company_id="", reason="erased", since=DAY)
    m.person("hans", account("germany"), contact={}, country="DE")
    m.person("payer", account("payer"), contact={})
    m.say(
        "salesforce__opportunities", "won", opportunity_id="won", account_id="acc-payer", is_closed=True, is_won=True, created_at=LONG_AGO
    )
    m.person("dealer", account("dealing"), contact={}, user="pd")
    m.signup("pd", "dealing")
    m.say(
        "salesforce__opportunities",
        "open",
        opportunity_id="open",
        account_id="acc-dealing",
        name="Dealing rollout",
        is_closed=False,
        is_won=False,
        owner_id="u2",
        stage_name="Negotiation",
        amount=50_000,
        created_at=datetime(2026, 6, 1),
    )
    m.person("busy", account("busy"), contact={}, prospect=3)
    m.prospect(3)
    m.say("outreach__sequence_states", "31", sequence_state_id=31, prospect_id=3, sequence_id=6, state="paused", created_at=LONG_AGO)
    m.person("rival", account("rival", domain="stampwell.example"), contact={})
    m.person("self", account("ourselves", domain="proof.example"), contact={})
    m.person("warm", account("warm"), contact={}, prospect=4)
    m.prospect(4, touched_at=datetime(2026, 6, 20))
    m.person("gone", account("gone"), contact={"email_bounced_at": LONG_AGO})
    m.person("mute", account("mute"), contact={}, email=None)
    m.person("dice", account("dice", industry="Gambling"), contact={})
    m.company("cool")
    m.person("cold", "cool", contact={})
    m.signal("cool", "news_mention", days_ago=5)
    m.person("free", None, user="pf")
    m.signup("pf", None)
    # a spike of the ledger: an enrolment of ours whose outcome nobody knows
    m.person("flight", account("flight"), contact={})
    m.say(
        "ops__sends",
        "eff",
        effect_id="eff",
        destination="outreach",
        object="sequence_state",
        status="unknown",
        email_key=key_of("flight@flight.example"),
        dt_planned=DAY - timedelta(days=1),
    )
    m.person("held", account(HELD), contact={})
    m.person("kept", account("kept"), contact={})
    m.arm("kept", "held_out", dt=DAY - timedelta(days=3))  # an older snapshot: drawn once, held for good
    m.person("mixer", account("older"), contact={})
    m.company("younger", linked_dt=DAY)
    m.arm("older", "treated")
    m.arm("younger", "held_out")
    m.fact("company_merges", company_id="younger", into_company_id="older", op="merge", reason="domain")
    _former_team(m)
    m.land()
    return signals


def _former_team(m: Market) -> None:
    """Two accounts enrolled in spring: one replied, met and bought; one stayed silent. The third state is of a known intent source."""
    for number, name in ((50, "buyer"), (51, "silent")):
        m.company(name)
        m.person(f"{name}s", name, contact={}, prospect=number)
        m.prospect(number, touched_at=datetime(2026, 4, 10))
    states = {"sequence_id": 4, "state": "finished", "created_at": datetime(2026, 4, 6)}
    m.say("outreach__sequence_states", "500", sequence_state_id=500, prospect_id=50, replied_at=datetime(2026, 4, 8), **states)
    m.say("outreach__sequence_states", "510", sequence_state_id=510, prospect_id=51, **states)
    m.say(
        "outreach__sequence_states",
        "11",
        sequence_state_id=11,
        prospect_id=1,
        sequence_id=4,  # not the one its signal asks for: nobody enters a sequence twice
        state="finished",
        created_at=datetime(2026, 4, 1),
    )
    m.say(
        "salesforce__meetings",
        "m1",
        meeting_id="m1",
        account_id="acc-buyer",
        contact_id="con-buyers",
        status="Held",
        is_accepted=True,
        created_at=datetime(2026, 4, 9),
    )
    m.say(
        "salesforce__opportunities",
        "o1",
        opportunity_id="o1",
        account_id="acc-buyer",
        is_closed=False,
        is_won=False,
        amount=9_000,
        created_at=datetime(2026, 4, 12),
    )
