"""Capacity, picking up, what is left alone, whom a ticket was meant for, levels, merges: story by story."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts.intake import (
    AgentReplied,
    CallMissed,
    CallReturned,
    CallSettled,
    InformationRequested,
    NoteAdded,
    PriorityChanged,
    RequesterReplied,
    TaskDone,
    TaskOpened,
    TicketClassified,
    TicketEscalated,
    TicketEstimated,
    TicketLinked,
    TicketMerged,
    TicketOpened,
    TicketUnlinked,
    TicketUnmerged,
    TimeSpent,
    TopicSet,
)
from contracts.reasons import Assignment, Candidate, Deadline
from contracts.routing import (
    AbsenceRecorded,
    AgentLent,
    AgentRegistered,
    BacklogPickedUp,
    NobodyOnline,
    SkewNoticed,
    TicketAssigned,
    TicketTransferred,
    TicketUnattended,
)
from contracts.sla import ClockStarted
from contracts.streams import assignment_stream, ticket_stream
from regulation.channel import Distribution, Strategy
from regulation.document import Regulation
from regulation.load import load
from regulation.parts import Group, Service
from routing.domain.fairness import Streaks, follow, most_in_a_row

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
HANDED = Service(id="cloud", title=CSN.title, status="in_handover", group="duty")
ANALYSTS = Group(id="analysts", title=CSN.title)
Play = Any  # the class lives in conftest.py


def ruled(**distribution: object) -> Regulation:
    rules = Distribution(**distribution)  # type: ignore[arg-type]  # by name
    return msgspec.structs.replace(CSN, version="9", distribution=rules, services=(HANDED,))


HOUR = timedelta(hours=1)
LAZY = ruled(unattended_after="2 часа")


def opened(play: Play, ticket: str, regulation: Regulation = CSN, **other: str) -> None:
    what = {"ticket": ticket, "number": ticket, "requester": "r", "channel": "email", "kind": "email"}
    kind = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": regulation.key}
    texts = {"section": "requests", "subject": "", "text": "", "reply_to": ""}
    play.say(TicketOpened(at=play.now, **what, **texts, **kind | other), ticket_stream(ticket))
    play.settle()


def registered(play: Play, agent: str, **card: object) -> None:
    card = {"groups": ("support",), "name": agent} | card
    play.say(AgentRegistered(at=play.now, agent=agent, **card), f"agent-{agent}")
    play.online(agent)


def say(play: Play, said: Any) -> None:  # noqa: ANN401  # any ticket event
    play.say(said, ticket_stream(said.ticket))
    play.settle()


def picked_up(play: Play) -> list[tuple[str, tuple[str, ...], str]]:
    said = [each.data for each in play.log if isinstance(each.data, BacklogPickedUp)]
    return [(each.agent, each.tickets, each.occasion) for each in said]


def test_nobody_is_given_more_than_he_may_have_and_the_next_one_when_he_is_done(play: Play) -> None:
    registered(play, "anna", capacity={"requests": 2})
    for ticket in "abc":
        opened(play, ticket)
    assert (play.owners("a", "b", "c"), play.given("c")[0].because.candidates[0].excluded) == (
        ["anna", "anna", ""],
        "at-capacity",
    )
    play.resolve("a")
    play.settle()

    assert (play.owners("c"), play.given("c")[-1].because.occasion) == (["anna"], "capacity")
    assert picked_up(play) == []


def test_a_larger_capacity_is_used_at_once(play: Play) -> None:
    registered(play, "anna", capacity={"requests": 1})
    opened(play, "a")
    opened(play, "b")
    registered(play, "anna", capacity={"requests": 2})
    play.settle()
    play.wait()

    assert play.owners("b") == ["anna"]


def test_the_nearest_deadline_is_picked_up_first(play: Play) -> None:
    """A-17: then the oldest; all of it is one event of the agent."""
    because = Deadline(plan="p", category="c", priority="p", written="1 час", calendar="office")
    for ticket, hours in {"a": 9, "b": 3, "c": 5, "d": 0}.items():
        opened(play, ticket)
        due = play.now.replace(hour=8 + hours)
        clock = {"clock": ticket, "ticket": ticket, "name": "level1", "owner": "team", "target": 1, "due_at": due}
        if hours:
            play.say(ClockStarted(at=play.now, because=because, **clock), f"clock-{ticket}")
    registered(play, "anna", capacity={"requests": 3})
    play.settle()

    assert picked_up(play) == [("anna", ("b", "c", "a"), "online")]
    assert play.owners("a", "b", "c", "d") == ["anna", "anna", "anna", ""]


def test_work_that_its_agent_left_alone_goes_to_somebody_else(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    opened(play, "a", LAZY)
    registered(play, "boris")
    play.wait(hours=1, minutes=59)
    assert play.owners("a") == ["anna"]
    play.wait(minutes=61)  # lunch does not count

    (left,) = [each.data for each in play.log if isinstance(each.data, TicketUnattended)]
    assert (left.agent, left.limit, play.owners("a")) == ("anna", "2 часа", ["boris"])
    because = play.given("a")[-1].because
    assert (because.occasion, because.candidates[0].excluded) == ("unattended", "unattended")


def test_whoever_does_something_about_his_work_keeps_it(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY)
    play.wait(hours=1)
    say(play, NoteAdded(at=play.now, ticket="a", requester="r", agent="anna", text="looking"))
    play.wait(hours=1, minutes=30)
    assert len(play.given("a")) == 1
    play.wait(hours=2)

    assert play.owners("a") == ["boris"]


BY_ANNA = [
    (AgentReplied, {"requester": "r", "agent": "anna", "text": ""}),
    (NoteAdded, {"requester": "r", "agent": "anna", "text": ""}),
    (TicketClassified, {"category": "defect", "previous": "", "agent": "anna"}),
    (PriorityChanged, {"priority": "urgent", "previous": "normal", "agent": "anna"}),
    (TicketEscalated, {"stage": "level2", "previous": "level1", "agent": "anna"}),
    (TicketEstimated, {"stage": "level3", "work": "20 дней", "agent": "anna", "reason": "much to do"}),
    (TaskOpened, {"requester": "r", "task": "2", "title": "", "who": "anna"}),
    (TaskDone, {"task": "2", "who": "anna"}),
    (TimeSpent, {"agent": "anna", "minutes": 5}),
    (TopicSet, {"topic": "delivery", "who": "anna"}),
    (TicketLinked, {"to": "b", "relation": "related", "who": "anna"}),
    (TicketUnlinked, {"to": "b", "relation": "related", "who": "anna"}),
    (CallSettled, {"call": "c", "how": "written", "agent": "anna"}),
]


@pytest.mark.parametrize(("kind", "facts"), BY_ANNA, ids=[kind.__name__ for kind, _ in BY_ANNA])
def test_whatever_an_agent_does_is_work(play: Play, kind: Any, facts: dict[str, Any]) -> None:  # noqa: ANN401
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY)
    play.wait(hours=1, minutes=59)
    say(play, kind(at=play.now, ticket="a", **facts))
    play.wait(hours=1)

    assert [each.agent for each in play.given("a")] == ["anna"]


def test_calling_back_is_work_too_though_it_names_the_call_only(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY)
    missed = {"call": "c", "channel": "email", "requester": "r", "caller": "", "called_at": play.now}
    play.say(CallMissed(at=play.now, ticket="a", **missed), "call-c")
    play.settle()
    play.wait(hours=1, minutes=59)
    play.say(CallReturned(at=play.now, call="c", agent="anna", reached=False), "call-c")
    play.settle()
    play.wait(hours=1)

    assert [each.agent for each in play.given("a")] == ["anna"]


@pytest.mark.parametrize(
    "said",
    [
        lambda at: TaskOpened(at=at, ticket="a", requester="r", task="1", title="", who=""),
        lambda at: TicketLinked(at=at, ticket="a", to="b", relation="follow-up", who=""),
        lambda at: RequesterReplied(at=at, ticket="a", requester="r", text="?"),
    ],
)
def test_what_no_agent_did_is_no_work_of_his(play: Play, said: Callable[[datetime], Any]) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY)
    play.wait(hours=1, minutes=59)
    say(play, said(play.now))
    play.wait(hours=1, minutes=2)

    assert [each.agent for each in play.given("a")] == ["anna", "boris"]


def test_nobody_is_blamed_while_the_requester_has_to_answer(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY)
    say(play, InformationRequested(at=play.now, ticket="a", requester="r", agent="anna", text="?"))
    play.wait(hours=8)
    assert len(play.given("a")) == 1
    say(play, RequesterReplied(at=play.now, ticket="a", requester="r", text="!"))
    play.wait(hours=1)
    assert len(play.given("a")) == 1
    play.wait(hours=24)

    assert play.owners("a") == ["boris"]


def test_left_alone_with_nobody_else_there_it_stays_with_whoever_is(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    opened(play, "a", LAZY)
    play.wait(hours=3)

    assert (play.owners("a"), len(play.given("a"))) == (["anna"], 2)


def test_what_was_meant_for_somebody_is_never_taken_back(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "a", LAZY, wanted="boris")
    play.wait(hours=8)

    assert len(play.given("a")) == 1


def test_a_requester_who_answers_somebody_away_is_served_by_his_substitute(play: Play) -> None:
    registered(play, "anna")
    opened(play, "a")
    registered(play, "boris")
    away = AbsenceRecorded(
        at=play.now, agent="anna", absence="anna~1", reason="illness", starts=play.now, substitute="boris"
    )
    play.say(away, "agent-anna")
    say(play, RequesterReplied(at=play.now, ticket="a", requester="r", text="", automatic="auto-submitted"))
    assert play.owners("a") == ["anna"]
    say(play, RequesterReplied(at=play.now, ticket="a", requester="r", text="?"))

    assert (play.owners("a"), play.given("a")[-1].because.rule) == (["boris"], "substitute")


def lent(play: Play, agent: str, *groups: str) -> None:
    what = {"loan": f"{agent}~1", "direction": "d", "by": "head", "starts": play.now, "ends": play.now + 9 * HOUR}
    play.say(AgentLent(at=play.now, agent=agent, groups=groups, **what), f"agent-{agent}")


def test_what_comes_back_to_somebody_lent_stays_in_its_group(play: Play) -> None:
    """R4-10: he is lent to it; in his own department nobody would know of it."""
    registered(play, "erin", groups=("duty",))
    lent(play, "erin", "support")
    opened(play, "a")
    play.resolve("a")
    play.reopen("a")
    play.settle()

    last = play.given("a")[-1]
    assert (last.agent, last.group, last.because.rule) == ("erin", "support", "sticky")


def test_what_comes_back_stays_in_the_group_that_had_it_last(play: Play) -> None:
    """Though his first group is another, and he serves that of its channel as well."""
    registered(play, "heidi", groups=("chess", "support", "duty"))
    opened(play, "a")
    play.say(TicketTransferred(at=play.now, ticket="a", group="duty", by="lead", agent="heidi"), assignment_stream("a"))
    play.resolve("a")
    play.reopen("a")
    play.settle()

    assert (play.given("a")[-1].agent, play.given("a")[-1].group) == ("heidi", "duty")


def test_what_comes_back_after_its_end_goes_to_a_group_of_its_owner_that_its_regulation_knows(play: Play) -> None:
    registered(play, "heidi", groups=("chess", "duty"))
    opened(play, "a")
    play.say(TicketTransferred(at=play.now, ticket="a", group="duty", by="lead", agent="heidi"), assignment_stream("a"))
    play.resolve("a")
    play.close("a")
    play.reopen("a")
    play.settle()

    assert (play.given("a")[-1].agent, play.given("a")[-1].group) == ("heidi", "duty")


def test_what_comes_back_to_its_channels_group_is_judged_there(play: Play) -> None:
    registered(play, "anna", groups=("duty", "support"))
    opened(play, "a")
    play.resolve("a")
    play.close("a")
    play.reopen("a")
    play.settle()

    assert (play.given("a")[-1].agent, play.given("a")[-1].group) == ("anna", "support")


def test_where_the_regulation_says_so_what_comes_back_is_dealt_anew(play: Play) -> None:
    anew = ruled(sticky=False)
    play.publish(anew)
    registered(play, "anna")
    opened(play, "a", anew)
    registered(play, "boris")
    play.resolve("a")
    play.reopen("a")
    play.settle()

    assert (play.owners("a"), play.given("a")[-1].because.rule) == (["boris"], "turn")


def test_a_service_in_handover_is_its_groups(play: Play) -> None:
    """R2-08: at once, and when an agent finds out which service it is."""
    play.publish(LAZY)
    registered(play, "anna")
    registered(play, "dina", groups=("duty",))
    opened(play, "a", LAZY, service="cloud")
    opened(play, "b", LAZY)
    assert play.owners("a", "b") == ["dina", "anna"]
    say(play, TicketClassified(at=play.now, ticket="b", category="defect", previous="", agent="anna", service="cloud"))

    assert (play.owners("b"), play.given("b")[-1].group) == (["dina"], "duty")


@pytest.mark.parametrize(("stage", "group"), [("level2", "analysts"), ("level4", "support"), ("level1", "support")])
def test_a_stage_whose_role_is_a_group_is_that_groups_and_a_vendors_stays(play: Play, stage: str, group: str) -> None:
    """R1-09, R1-12."""
    stages = tuple(
        msgspec.structs.replace(each, roles=("analysts",)) if each.id != "level1" else each for each in CSN.stages
    )
    role = msgspec.structs.replace(CSN.roles[0], id="analysts")
    categories = tuple(msgspec.structs.replace(each, roles={}) for each in CSN.categories)
    named = {"stages": stages, "groups": (*CSN.groups, ANALYSTS), "roles": (*CSN.roles, role), "categories": categories}
    levels = msgspec.structs.replace(CSN, version="9", **named)
    play.publish(levels)
    registered(play, "anna")
    registered(play, "vera", groups=("analysts",))
    opened(play, "a", levels)
    say(play, TicketEscalated(at=play.now, ticket="a", stage=stage, previous="level1", agent="anna"))

    assert play.decider.state.tickets["a"].group == group


def test_a_merged_ticket_is_nobodys_work_until_it_is_unmerged(play: Play) -> None:
    registered(play, "anna", capacity={"requests": 1})
    opened(play, "a")
    opened(play, "b")
    say(play, TicketMerged(at=play.now, ticket="a", into="b", requester="r", who="anna"))
    assert play.owners("b") == ["anna"]
    back = {"stage": "level1", "number": "a", "channel": "email", "regulation": "csn@1", "category": "defect"}
    say(play, TicketUnmerged(at=play.now, ticket="a", into="b", requester="r", who="anna", **back))

    assert (play.owners("a"), play.given("a")[-1].because.rule) == (["anna"], "sticky")
    assert play.rebuilt() == play.decider.state


def test_the_least_loaded_is_next_where_the_regulation_says_so(play: Play) -> None:
    fewest = ruled(strategy=Strategy.least_loaded, skew=5)
    play.publish(fewest)
    registered(play, "anna")
    registered(play, "boris")
    for ticket in "abc":
        opened(play, ticket, fewest)
    play.resolve("a")
    play.resolve("c")
    opened(play, "d", fewest)

    assert play.owners("a", "b", "c", "d") == ["anna", "boris", "anna", "anna"]
    assert play.given("d")[0].because.candidates == (
        Candidate(agent="anna", last_turn=play.given("c")[0].because.turn),
        Candidate(agent="boris", last_turn=play.given("b")[0].because.turn, load=1),
    )


def test_more_turns_than_allowed_while_somebody_waits_for_his_are_told(play: Play) -> None:
    """D10."""
    fewest = ruled(strategy=Strategy.least_loaded, skew=2)
    play.publish(fewest)
    registered(play, "anna")
    registered(play, "boris")
    opened(play, "mine", fewest)
    opened(play, "his", fewest)
    play.resolve("mine")
    for n in range(4):
        opened(play, str(n), fewest)
        play.resolve(str(n))
        play.settle()

    (told,) = [each.data for each in play.log if isinstance(each.data, SkewNoticed)]
    assert (told.agent, told.turns, told.fewest, told.pool) == ("anna", 3, 0, "support/requests")


def test_only_turns_count_during_which_the_other_was_eligible() -> None:
    def gave(agent: str, turn: int, *eligible: str) -> tuple[str, Assignment]:
        named = tuple(Candidate(agent=each, excluded="" if each in eligible else "offline") for each in ("a", "b"))
        return agent, Assignment(rule="turn", candidates=named, pool="p", turn=turn)

    streaks: Streaks = {}
    for agent, because in (gave("a", 1, "a", "b"), gave("a", 2, "a"), gave("a", 3, "a", "b")):
        follow(streaks, agent, because)

    assert most_in_a_row(streaks, *gave("a", 4, "a", "b")) == 2


def test_in_hours_nobody_there_after_a_reopening_tells_the_head(play: Play) -> None:
    registered(play, "anna")
    opened(play, "a")
    play.resolve("a")
    play.offline("anna")
    play.reopen("a")
    play.settle()

    assert play.owners("a") == [""]
    assert [each.data.ticket for each in play.log if isinstance(each.data, NobodyOnline)] == ["a"]


def test_what_somebody_said_about_a_ticket_while_it_was_given_out_counts_in_either_order(play: Play) -> None:
    play.publish(LAZY)
    registered(play, "anna")
    play.settle()
    play.say(
        TicketOpened(
            at=play.now, ticket="a", number="a", requester="r", channel="email", kind="email", section="requests",
            subject="", text="", reply_to="", category="defect", priority="normal", stage="level1", regulation=LAZY.key,
        ),
        ticket_stream("a"),
    )  # fmt: skip
    decided = play.decider.step(play.log[play.decider.position :]).decided
    play.now = play.now.replace(minute=5)
    play.say(NoteAdded(at=play.now, ticket="a", requester="r", agent="anna", text=""), ticket_stream("a"))
    play.land(decided)
    play.settle()

    assert isinstance(decided[0].event, TicketAssigned)
    assert play.rebuilt().tickets == play.decider.state.tickets
    assert play.decider.state.tickets["a"].acted == play.now
