"""A merged ticket is promised nothing: it goes on in another one; unmerged it is promised anew (§3.1-5)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from contracts.intake import TicketMerged, TicketUnmerged
from contracts.sla import ClockCancelled, ClockStarted
from sla.attribution import shares

Desk = Any
MOSCOW = ZoneInfo("Europe/Moscow")
FACTS = {"channel": "email", "category": "project-question", "priority": "normal", "regulation": "csn@1"}
HOUR = 3600


def at(local: str) -> str:
    return f"2026-03-{local}"


def moment(local: str) -> datetime:
    return datetime.fromisoformat(at(local)).replace(tzinfo=MOSCOW)


def merged(desk: Desk, local: str) -> list[Any]:
    said = TicketMerged(at=moment(local), ticket="t", into="u", requester="r", who="anna", previous="level1")
    found: list[Any] = desk.tell(said, moment(local))
    return found


def unmerged(desk: Desk, local: str, stage: str = "level1") -> list[Any]:
    said = TicketUnmerged(at=moment(local), ticket="t", into="u", requester="r", who="anna", stage=stage, **FACTS)
    found: list[Any] = desk.tell(said, moment(local))
    return found


def test_merging_cancels_every_clock_and_says_why(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    [cancelled] = merged(desk, "16 10:30")
    assert isinstance(cancelled, ClockCancelled)
    assert (cancelled.name, cancelled.reason) == ("level1", "ticket-merged")


@pytest.mark.parametrize("verb", ["replied", "asked", "answered"])
def test_what_is_said_in_a_merged_ticket_starts_nothing(desk: Desk, verb: str) -> None:
    desk.opened(at("16 10:00"))
    merged(desk, "16 10:30")
    assert getattr(desk, verb)(at("16 11:00")) == []
    desk.wait(moment("30 10:00"))
    assert desk.breaches == []


def test_an_unmerged_ticket_is_promised_its_stage_anew(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    merged(desk, "16 10:30")
    [started] = unmerged(desk, "17 10:00")
    assert isinstance(started, ClockStarted)
    assert (started.name, started.due_at) == ("level1", moment("17 11:00"))


def test_an_unmerged_solution_waits_for_its_requester_again(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    desk.resolved(at("16 10:20"))
    merged(desk, "16 10:30")
    assert [each.name for each in unmerged(desk, "17 10:00", "resolved")] == ["auto-close"]


def test_a_ticket_forgotten_while_it_was_merged_is_what_it_says_it_is(desk: Desk) -> None:
    desk.opened(at("16 10:00"))
    merged(desk, "16 10:30")
    desk.opened("2026-06-01 10:00", ticket="another")
    assert "t" not in desk.decider.state.tickets
    said = TicketUnmerged(
        at=desk.now, ticket="t", into="u", requester="r", who="anna", stage="level2", **FACTS,
    )  # fmt: skip
    assert [each.name for each in desk.tell(said)] == ["level2"]


def test_d9_the_time_in_another_ticket_is_nobody_s_and_ends_there(desk: Desk) -> None:
    desk.opened(at("16 09:00"))
    merged(desk, "16 10:00")
    ended = shares("t", desk.told[1:], desk.decider.state.rules_for, desk.now + timedelta(hours=5))
    assert (ended.total_seconds, ended.seconds["L1"]) == (HOUR, HOUR)
    unmerged(desk, "16 12:00")
    going = shares("t", desk.told[1:], desk.decider.state.rules_for, desk.now + timedelta(hours=1))
    assert (going.total_seconds, going.seconds["L1"], going.seconds["nobody"]) == (4 * HOUR, 2 * HOUR, 2 * HOUR)
