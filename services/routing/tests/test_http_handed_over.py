"""Work that another group has by now, and what is meant for somebody, behind the doors."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.intake import RegulationPublished, TicketMigrated, TicketOpened
from contracts.streams import regulation_stream, ticket_stream
from regulation.load import load

SAAS = load(Path(__file__).parents[3] / "regulations" / "saas-support.yaml")
Intake = Any  # the class lives in conftest.py

NOW = datetime.now(UTC)


async def opened(intake: Intake, ticket: str, **about: str) -> None:
    what = {"ticket": ticket, "number": "T-1", "requester": ticket, "channel": "email", "kind": "email"}
    texts = {"section": "requests", "subject": "s", "text": "t", "reply_to": "i@example.com"}
    kind = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": "csn@1"}
    said = TicketOpened(at=NOW, **what | texts | kind | about)
    await intake.say(said, ticket_stream(ticket), frozenset({ticket}))
    await intake.given(ticket, 1)


async def by_telephone(intake: Intake, ticket: str) -> None:
    """A ticket of the live line, taken in the section of chats."""
    said = RegulationPublished(at=NOW, effective_from=NOW, **SAAS.published())
    await intake.say(said, regulation_stream(SAAS.name))
    kind = {"category": "error", "stage": "classification", "regulation": SAAS.key}
    await opened(intake, ticket, channel="saas-phone", section="chat", **kind)


async def test_work_handed_over_is_shown_in_the_section_in_which_it_is_taken(intake: Intake) -> None:
    """Where presence and capacity are asked for."""
    await by_telephone(intake, "t1")
    await intake.agent("lena", "saas-tickets")
    (before,) = await intake.get("/queues")
    moved = await intake.call("POST", "/tickets/t1/transfer", {"agent": "lena"})
    after = int(moved.headers["reglament-position"])

    (queue,) = await intake.get("/queues", after=after)
    assert [(each["section"], each["line"]) for each in (before, queue)] == [
        ("chat", "saas-line-1"),
        ("requests", "saas-line-2"),
    ]
    (load,) = await intake.get("/load", after=after)
    assert (load["open_chat"], load["open_requests"], load["open"]) == (0, 1, 1)


async def test_a_migrated_ticket_is_shown_where_its_new_version_takes_it(intake: Intake) -> None:
    await opened(intake, "t1")
    await by_telephone(intake, "t2")
    said = TicketMigrated(at=NOW, ticket="t1", regulation=SAAS.key, previous="csn@1", who="admin")
    position = await intake.say(said, ticket_stream("t1"))

    queues = await intake.get("/queues", after=position)
    assert {(each["channel"], each["section"], each["line"]) for each in queues} == {
        ("email", "requests", ""),
        ("saas-phone", "chat", "saas-line-1"),
    }


async def test_what_somebody_lent_is_handed_stays_where_he_is_lent_to(intake: Intake) -> None:
    """R4-10."""
    await intake.agent("boris", "duty")
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    await intake.call("POST", "/agents/boris/loans", {"groups": ["support"], "until": until, "reason": "much to do"})
    await opened(intake, "t1")

    moved = await intake.call("POST", "/tickets/t1/transfer", {"agent": "boris"})

    assert moved.json() == {"ticket": "t1", "agent": "boris", "group": "support"}


async def test_of_a_colleagues_groups_the_ones_of_the_tickets_regulation_come_first(intake: Intake) -> None:
    await by_telephone(intake, "t2")
    await intake.agent("ivan", "saas-tickets", "duty", online=False)
    await opened(intake, "t1")

    moved = await intake.call("POST", "/tickets/t1/transfer", {"agent": "ivan"})

    assert moved.json()["group"] == "duty"


async def test_what_is_meant_for_somebody_is_passed_on_by_whoever_has_it_or_the_head(intake: Intake) -> None:
    """R4-01, R4-08."""
    await intake.agent("anna")
    await intake.agent("boris", online=False)
    await opened(intake, "t1", wanted="boris")
    to = {"agent": "agent", "reason": "knows it"}
    await intake.agent("agent", online=False)

    asked = (("take", None), ("transfer", to))
    others = [await intake.call("POST", f"/tickets/t1/{verb}", body, "anna") for verb, body in asked]
    head = await intake.call("POST", "/tickets/t1/transfer", {"agent": "anna", "reason": "boris is away"})
    await intake.get("/queues", after=int(head.headers["reglament-position"]))
    hers = await intake.call("POST", "/tickets/t1/transfer", to, "anna")

    assert [each.json()["reason"] for each in others] == ["not-yours", "not-yours"]
    assert (head.json()["agent"], hers.json()["agent"]) == ("anna", "agent")
