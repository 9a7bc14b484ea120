"""Lines help one another out, and say why (R3-22, R3-23, A-30)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts.intake import InformationRequested, TicketClassified, TicketEscalated, TicketOpened
from contracts.routing import AgentRegistered, LineOverflowEnded, LineOverflowStarted
from contracts.streams import ticket_stream
from regulation.load import load
from routing.domain.waiting import rank
from routing.held import Held

SAAS = load(Path(__file__).parents[3] / "regulations" / "saas-support.yaml")
LIVE, WRITTEN = "saas-line-1", "saas-line-2"
GROUPS = ("saas-live", "saas-tickets")
Play = Any  # the class lives in conftest.py


def staffed(play: Play, **lines: str) -> None:
    """Everybody is in both groups and Online in both sections; the line is what tells them apart."""
    play.publish(SAAS)
    for agent, line in lines.items():
        play.say(AgentRegistered(at=play.now, agent=agent, name=agent, groups=GROUPS, line=line), f"agent-{agent}")
        play.online(agent, "requests")
        play.online(agent, "chat")


def opened(play: Play, ticket: str, channel: str = "saas-zendesk", **other: str) -> None:
    section = SAAS.channel(channel).section.value
    said = {"ticket": ticket, "number": ticket, "requester": "r", "channel": channel, "kind": "api", "section": section}
    kind = {"category": "instruction", "priority": "normal", "stage": "classification", "regulation": "saas-support@1"}
    play.say(TicketOpened(at=play.now, subject="", text="", reply_to="", **said, **kind | other), ticket_stream(ticket))
    play.settle()


def told(play: Play) -> list[tuple[str, str, str, str]]:
    said = [each.data for each in play.log if isinstance(each.data, LineOverflowStarted | LineOverflowEnded)]
    return [(type(each).__name__[12:], each.line, each.helper, each.reason) for each in said]


def test_whoever_has_nothing_on_his_own_line_helps_on_the_other(play: Play) -> None:
    """R3-22, R3-23 (1)."""
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "a")
    opened(play, "b")

    assert play.owners("a", "b") == ["anna", "boris"]
    assert told(play)[-1] == ("Started", WRITTEN, LIVE, "own-line-empty")
    first = play.given("a")[0].because
    assert (first.line, [(each.agent, each.line) for each in first.candidates]) == (
        WRITTEN,
        [("anna", LIVE), ("boris", "")],
    )


def test_help_ends_as_soon_as_there_is_work_on_ones_own_line(play: Play) -> None:
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "a")
    opened(play, "own", "saas-chat")
    opened(play, "b")
    opened(play, "c")

    assert play.owners("own", "b", "c") == ["anna", "boris", "boris"]
    assert told(play)[-1] == ("Ended", WRITTEN, LIVE, "own-line-empty")
    assert play.given("c")[0].because.candidates[0].excluded == "other-line"


def test_work_that_waits_for_the_requester_keeps_nobody_from_helping(play: Play) -> None:
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "own", "saas-chat")
    asked = InformationRequested(at=play.now, ticket="own", requester="r", agent="anna", text="?")
    play.say(asked, ticket_stream("own"))
    opened(play, "a")

    assert told(play)[-1] == ("Started", WRITTEN, LIVE, "own-line-empty")


def test_the_other_line_is_helped_while_its_people_are_away(play: Play) -> None:
    """R3-23 (2), A-30."""
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "own", "saas-chat")
    play.offline("boris", "requests")
    opened(play, "a")
    play.online("boris", "requests")
    opened(play, "b")

    assert play.owners("a", "b") == ["anna", "boris"]
    assert ("Started", WRITTEN, LIVE, "other-line-absent") in told(play)
    assert told(play)[-1] == ("Ended", WRITTEN, LIVE, "other-line-absent")


def test_a_shift_that_ends_starts_the_help_by_itself(play: Play) -> None:
    staffed(play, anna=LIVE, boris=WRITTEN)
    play.shift("anna", 0, 9)
    play.shift("boris", 0, 2)
    opened(play, "own", "saas-chat")
    before = len(told(play))
    play.wait(hours=2)

    assert told(play)[before:] == [("Started", WRITTEN, LIVE, "other-line-absent")]
    assert play.rebuilt().overflows == play.decider.state.overflows
    assert play.decider.state.overflows[WRITTEN] == {LIVE: "other-line-absent"}


def test_what_waits_is_dealt_to_helpers_once_help_begins(play: Play) -> None:
    staffed(play, anna=LIVE, boris=WRITTEN)
    play.shift("anna", 0, 9)
    play.shift("boris", 0, 2)
    opened(play, "own", "saas-chat")
    play.say(
        AgentRegistered(at=play.now, agent="boris", name="b", groups=GROUPS, line=WRITTEN, capacity={"requests": 1}),
        "agent-boris",
    )
    opened(play, "a")
    opened(play, "b")
    assert play.owners("a", "b") == ["boris", ""]
    play.wait(hours=2)
    play.wait()

    assert play.owners("b") == ["anna"]


def test_nobody_helps_where_nobody_is(play: Play) -> None:
    staffed(play)
    opened(play, "a")

    assert told(play) == []


def test_a_class_that_a_line_hands_over_goes_to_the_other_line_on_the_second_level(play: Play) -> None:
    """R3-07: from the live line to the written one, whose people take it in their own section."""
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "busy")
    opened(play, "a", "saas-chat")
    assert play.owners("a") == ["anna"]
    about = {"at": play.now, "ticket": "a", "agent": "anna"}
    play.say(TicketClassified(category="error", previous="instruction", **about), ticket_stream("a"))
    play.say(TicketEscalated(stage="line1", previous="classification", **about), ticket_stream("a"))
    play.settle()
    assert len(play.given("a")) == 1
    play.offline("anna", "requests")
    play.say(TicketEscalated(stage="line2", previous="line1", **about), ticket_stream("a"))
    play.settle()

    held = play.decider.state.tickets["a"]
    assert (held.agent, held.group, held.line, held.section) == ("boris", "saas-tickets", WRITTEN, "requests")


@pytest.mark.parametrize(
    ("category", "stage", "group"),
    [
        ("instruction", "line2", "saas-tickets"),
        ("off-target", "line2", "saas-tickets"),
        ("instruction", "line1", "saas-live"),
        ("error", "line1", "saas-live"),
        ("special-task", "special", "saas-live"),
    ],
)
def test_what_takes_too_long_on_the_spot_moves_to_the_line_that_solves_it_too(
    play: Play, category: str, stage: str, group: str
) -> None:
    """A-27, R3-10: the advice is "please move it to line 2"; what is handed over to no line stays."""
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "a", "saas-chat", category=category, stage="classification")
    about = {"at": play.now, "ticket": "a", "agent": "anna"}
    play.say(TicketEscalated(stage=stage, previous="line1", **about), ticket_stream("a"))
    play.settle()

    held = play.decider.state.tickets["a"]
    assert (held.group, held.agent) == (group, "boris" if group == "saas-tickets" else "anna")


def test_what_the_other_line_does_not_solve_stays_where_it_is(play: Play) -> None:
    lines = (SAAS.lines[0], msgspec.structs.replace(SAAS.lines[1], solves=("error",)))
    staffed(play, anna=LIVE, boris=WRITTEN)
    play.publish(msgspec.structs.replace(SAAS, version="2", lines=lines))
    opened(play, "a", "saas-chat", regulation="saas-support@2")
    said = TicketEscalated(stage="line2", previous="line1", at=play.now, ticket="a", agent="anna")
    play.say(said, ticket_stream("a"))
    play.settle()

    assert play.decider.state.tickets["a"].group == "saas-live"


def test_line_2s_own_work_does_not_go_back_to_line_1(play: Play) -> None:
    """Line 1 solves this class as well, and nothing of line 2 is handed over to it."""
    staffed(play, anna=LIVE, boris=WRITTEN)
    opened(play, "a")
    said = TicketEscalated(stage="line2", previous="classification", at=play.now, ticket="a", agent="boris")
    play.say(said, ticket_stream("a"))
    play.settle()

    assert (play.decider.state.tickets["a"].group, len(play.given("a"))) == ("saas-tickets", 1)


def test_a_line_deals_what_waits_in_its_own_order(play: Play) -> None:
    """R3-09, A-28: class, then priority, then age; no deadline matters."""
    staffed(play, anna=WRITTEN)
    play.offline("anna", "requests")
    for ticket, category, priority in (
        ("a", "suggestion", "critical"),
        ("b", "error", "normal"),
        ("c", "error", "urgent"),
        ("d", "error", "urgent"),
    ):
        opened(play, ticket, category=category, priority=priority)
        play.now += timedelta(minutes=1)
    play.online("anna", "requests")
    play.settle()

    dealt = [
        each.data.ticket
        for each in play.log
        if getattr(each.data, "agent", "") == "anna" and "pick-up" in each.meta.reaction
    ]
    assert dealt == ["c", "d", "b", "a"]


@pytest.mark.parametrize(
    ("order", "dealt"),
    [
        (("age", "priority"), ["old", "new"]),
        (("priority", "age"), ["new", "old"]),
        (("age", "category"), ["old", "new"]),
        (("category", "age", "priority"), ["new", "old"]),
        (("priority", "category"), ["new", "old"]),
    ],
)
def test_what_an_order_names_first_decides_first(order: tuple[str, ...], dealt: list[str]) -> None:
    line = msgspec.structs.replace(SAAS.lines[1], order=order)
    about = {"section": "requests", "channel": "saas-zendesk", "regulation": SAAS.key}
    old = Held(ticket="old", category="instruction", priority="normal", opened=1, **about)
    new = Held(ticket="new", category="error", priority="critical", opened=2, **about)

    assert [each.ticket for each in sorted((new, old), key=lambda one: rank(one, SAAS, line))] == dealt
