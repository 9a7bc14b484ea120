"""Lines help one another out, and say why (R3-22, R3-23, A-30)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from contracts.intake import InformationRequested, TicketClassified, TicketEscalated, TicketOpened
from contracts.routing import AgentRegistered, LineOverflowEnded, LineOverflowStarted
from contracts.streams import ticket_stream
from regulation.load import load

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
