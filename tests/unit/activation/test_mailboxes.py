"""What a mailbox may still take on: its own limits, less the follow-ups that are due today and the people of the day."""

from __future__ import annotations

import pytest
from activation_fakes import World

from signals_pipeline.activation.caps import caps_of
from signals_pipeline.activation.mailboxes import limit_of

TODAY, TONIGHT, TOMORROW = "2026-06-30T15:00:00Z", "2026-07-01T03:30:00Z", "2026-07-01T15:00:00Z"  # the zone is New York's


def enrolments(world: World) -> list[tuple[str, str]]:
    return [(r.operation, r.reason) for r in world.plan().rows if r.object == "sequence_state"]


def people(world: World, *names: str) -> None:
    for name in names:
        world.contact(name, f"{name}-co")


def test_follow_ups_that_are_due_today_take_the_places_of_new_people_last_in_the_order_first(world: World) -> None:
    people(world, "ada", "bob", "cyd")
    world.outreach.mailboxes["7"]["maxMailingsPerDay"] = 5
    for at in (TODAY, TODAY, TONIGHT, TOMORROW):
        world.outreach.schedule(at)
    told = enrolments(world)
    assert [operation for operation, _ in told] == ["enrol", "enrol", "skip"]
    assert told[2][1].startswith("the mailbox may send 5 mails a day: 3 follow-ups are due, 0 people were put in today; ")


def test_a_mailbox_full_of_follow_ups_takes_nobody_and_another_one_is_free(world: World) -> None:
    people(world, "ada")
    world.contact("bob", "bolt", mailbox_id=8)
    world.outreach.mailboxes["7"]["maxEmailsPerDay"] = 1
    world.outreach.mailboxes["8"] = {"email": "other@proof.example", "userId": 4, "maxEmailsPerDay": 1, "sendDisabled": False}
    world.outreach.schedule(TODAY)
    assert [operation for operation, _ in enrolments(world)] == ["skip", "enrol"]


def test_a_mailbox_without_limit_is_asked_nothing(world: World) -> None:
    people(world, "ada", "bob")

    async def never(*given: object, **more: object) -> object:
        raise AssertionError("nobody needs to know")

    pages = world.outreach.pages

    def asked(resource: str, params: object = None) -> object:
        return never() if resource == "mailings" else pages(resource, params)

    world.outreach.pages = asked  # type: ignore[method-assign, assignment]
    assert {operation for operation, _ in enrolments(world)} == {"enrol"}


def test_people_of_the_day_count_once_whether_their_first_mail_left_or_waits(world: World) -> None:
    people(world, "ada")
    world.outreach.mailboxes["7"]["maxMailingsPerDay"] = 2
    assert world.apply(world.plan()).sent["outreach.sequence_state"] == 1
    world.outreach.schedule(TODAY, state=int(next(iter(world.state.data["states"]))))  # the first mail of whom we just put in
    world.warehouse.relations["priorities.outbox"].clear()
    people(world, "bob", "cyd")
    assert [operation for operation, _ in enrolments(world)] == ["enrol", "skip"]


def test_the_cap_of_a_mailbox_counts_its_follow_ups(world: World) -> None:
    people(world, "ada")
    world.outreach.mailboxes["7"]["maxMailingsPerDay"] = 4
    for _ in range(2):
        world.outreach.schedule(TODAY)
    caps = {c.key: (c.used, c.allowed) for c in caps_of(world.rt, world.plan())}
    assert caps["mailbox:7"] == (3, 4)


@pytest.mark.parametrize(
    ("mailbox", "limit"),
    [({}, None), ({"maxEmailsPerDay": None}, None), ({"maxEmailsPerDay": 300, "maxMailingsPerDay": 120}, 120), ({"maxEmailsPerDay": 0}, 0)],
)
def test_the_smaller_of_two_limits_holds(mailbox: dict[str, int | None], limit: int | None) -> None:
    assert limit_of(mailbox) == limit
