"""What is meant for somebody is kept for him until the head gives it to another (R4-08)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts.intake import TicketEscalated, TicketOpened
from contracts.routing import AbsenceRecorded, AbsenceWithdrawn, NobodyOnline, TicketAssigned, TicketTransferred
from contracts.streams import assignment_stream, ticket_stream
from regulation.channel import Distribution
from regulation.load import load
from routing.picking import for_him

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
ROLES = [msgspec.structs.replace(CSN.roles[0], id="duty"), *CSN.roles]
LAZY = msgspec.structs.replace(
    CSN,
    version="9",
    distribution=Distribution(unattended_after="2 часа"),
    roles=tuple(ROLES),
    categories=tuple(msgspec.structs.replace(each, roles={}) for each in CSN.categories),
    stages=tuple(msgspec.structs.replace(each, roles=("duty",)) for each in CSN.stages),
)
Play = Any  # the class lives in conftest.py


@pytest.fixture(autouse=True)
def known(play: Play) -> None:
    play.publish(LAZY)


def called(play: Play, ticket: str, wanted: str = "boris") -> None:
    what = {"ticket": ticket, "number": ticket, "requester": "r", "channel": "email", "kind": "email"}
    kind = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": LAZY.key}
    texts = {"section": "requests", "subject": "", "text": "", "reply_to": ""}
    play.say(TicketOpened(at=play.now, **what, **kind, **texts, wanted=wanted), ticket_stream(ticket))
    play.settle()


def came(play: Play, *agents: str) -> None:
    for agent in agents:
        play.online(agent)
        play.settle()


def away(play: Play, agent: str, substitute: str, after: float = 0) -> None:
    starts = play.now + timedelta(hours=after)
    what = {"absence": f"{agent}~1", "reason": "illness", "substitute": substitute}
    play.say(AbsenceRecorded(at=play.now, agent=agent, starts=starts, **what), f"agent-{agent}")
    play.settle()


def passed_on(play: Play, ticket: str, **to: str) -> None:
    said = TicketTransferred(at=play.now, ticket=ticket, by="head", **{"group": "support"} | to)
    play.say(said, assignment_stream(ticket))
    play.settle()


def held(play: Play, ticket: str) -> str:
    return str(play.decider.state.tickets[ticket].agent)


def alarms(play: Play) -> list[str]:
    return [each.data.ticket for each in play.log if isinstance(each.data, NobodyOnline)]


def test_a_call_is_his_whom_it_was_meant_for_and_nobody_elses_who_comes_first(play: Play) -> None:
    play.agent("anna", online="")
    play.agent("boris", online="")
    called(play, "a")
    came(play, "anna")
    assert (held(play, "a"), alarms(play)) == ("", ["a"])
    assert [each.excluded for each in play.given("a")[-1].because.candidates] == ["offline"]
    came(play, "boris")

    assert (held(play, "a"), play.given("a")[-1].because.rule) == ("boris", "sticky")
    assert play.rebuilt() == play.decider.state


def test_out_of_hours_it_waits_without_an_alarm_and_is_his_as_soon_as_he_comes(play: Play) -> None:
    office = tuple(msgspec.structs.replace(each, coverage="office") for each in LAZY.channels)
    play.publish(msgspec.structs.replace(LAZY, version="9", channels=office))
    play.now += timedelta(hours=12)
    play.agent("anna")
    play.agent("boris", online="")
    called(play, "a")
    assert (play.given("a")[-1].because.rule, alarms(play)) == ("out-of-hours", [])
    came(play, "boris")

    assert held(play, "a") == "boris"


def test_what_he_has_anyway_takes_nobodys_turn(play: Play) -> None:
    """Dealt in one breath, no two turns are equal."""
    play.agent("boris", online="")
    for ticket, wanted in (("a", ""), ("b", "boris"), ("c", "")):
        called(play, ticket, wanted)
    came(play, "boris")

    turns = [play.given(ticket)[-1].because.turn for ticket in "abc"]
    assert (held(play, "b"), turns[1], len(set(turns))) == ("boris", 0, 3)


def test_his_shift_brings_it_to_him(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.shift("anna", 0, 8)
    play.shift("boris", 2, 8)
    called(play, "a")
    play.wait(hours=1, minutes=59)
    assert held(play, "a") == ""
    play.wait(minutes=1)

    assert (held(play, "a"), play.given("a")[-1].because.occasion) == ("boris", "shift-start")


def test_while_he_is_away_his_substitute_does_it(play: Play) -> None:
    play.agent("anna")
    play.agent("boris", online="")
    play.agent("vera", "duty", online="")
    called(play, "a")
    away(play, "boris", substitute="vera")
    assert held(play, "a") == ""
    came(play, "vera")

    assert (held(play, "a"), play.given("a")[-1].because.rule) == ("vera", "substitute")


def test_an_absence_that_begins_brings_it_to_his_substitute(play: Play) -> None:
    play.agent("boris", online="")
    play.agent("vera", "duty")
    called(play, "a")
    away(play, "boris", substitute="vera", after=2)
    play.wait(hours=1)
    assert held(play, "a") == ""
    play.wait(hours=1)

    assert held(play, "a") == "vera"


def test_his_substitutes_shift_brings_it_to_his_substitute(play: Play) -> None:
    play.agent("boris", online="")
    play.agent("vera", "duty")
    play.shift("vera", 2, 8)
    away(play, "boris", substitute="vera")
    called(play, "a")
    assert held(play, "a") == ""
    play.wait(hours=2)

    assert (held(play, "a"), play.given("a")[-1].because.rule) == ("vera", "substitute")


def test_the_head_gives_it_to_another_for_good(play: Play) -> None:
    """Nobody takes it back from her: she was named by the head."""
    play.agent("anna")
    play.agent("boris", online="")
    called(play, "a")
    passed_on(play, "a", agent="anna")
    came(play, "boris")
    play.wait(hours=8)

    assert (held(play, "a"), len(play.given("a"))) == ("anna", 1)


def test_the_head_gives_it_to_a_group_where_it_is_dealt(play: Play) -> None:
    play.agent("anna")
    play.agent("boris", online="")
    called(play, "a")
    passed_on(play, "a")

    assert (held(play, "a"), play.given("a")[-1].because.rule) == ("anna", "turn")


def test_a_stage_that_is_another_groups_work_is_dealt_there(play: Play) -> None:
    play.agent("boris", "support")
    play.agent("vera", "duty")
    called(play, "a")
    said = TicketEscalated(at=play.now, ticket="a", stage="level2", previous="level1", agent="boris")
    play.say(said, ticket_stream("a"))
    play.settle()

    assert (held(play, "a"), play.decider.state.tickets["a"].group) == ("vera", "duty")


def test_in_another_group_it_is_whoevers_comes_first(play: Play) -> None:
    play.agent("boris", "support", "duty", online="requests")
    play.agent("vera", "duty", online="")
    called(play, "a")
    play.offline("boris")
    said = TicketEscalated(at=play.now, ticket="a", stage="level2", previous="level1", agent="boris")
    play.say(said, ticket_stream("a"))
    play.settle()
    assert held(play, "a") == ""
    came(play, "vera")

    assert held(play, "a") == "vera"


def test_a_name_that_no_agent_has_keeps_nothing(play: Play) -> None:
    play.agent("anna")
    called(play, "a", wanted="hunt-group-7")

    assert held(play, "a") == "anna"


def test_he_may_pick_it_up_and_others_may_not(play: Play) -> None:
    play.agent("anna", online="")
    play.agent("boris", online="")
    called(play, "a")
    state = play.decider.state

    mine = {agent: for_him(state, state.staff.agents[agent], play.now, 9) for agent in ("anna", "boris")}
    assert mine == {"anna": [], "boris": ["a"]}


def test_what_his_substitute_leaves_alone_is_his_again_once_he_is_back(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.agent("vera", "support")
    away(play, "boris", substitute="vera")
    called(play, "a")
    play.say(AbsenceWithdrawn(at=play.now, agent="boris", absence="boris~1"), "agent-boris")
    play.settle()
    play.wait(hours=4)

    said = [each.data for each in play.log if isinstance(each.data, TicketAssigned)]
    assert [each.agent for each in said] == ["vera", "boris"]
