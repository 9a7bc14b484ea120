"""What routing decides, through the very decider that a follower runs."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from contracts.routing import NobodyOnline, TicketAssigned, TicketTransferred
from contracts.streams import assignment_stream
from eventlog.deciding import Decider
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.choosing import reevaluated
from routing.reactor import RoutingReactor
from routing.state import State

Play = Any  # the class lives in conftest.py


def test_in_hours_tickets_go_in_turn(play: Play) -> None:
    """R0-16, A-15."""
    play.agent("anna")
    play.agent("boris")
    for ticket in "abc":
        play.open(ticket)
        play.settle()

    assert play.owners("a", "b", "c") == ["anna", "boris", "anna"]


def test_two_tickets_of_one_page_do_not_get_the_same_turn(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.open("a")
    play.open("b")
    play.settle()

    assert play.owners("a", "b") == ["anna", "boris"]


def test_the_turn_is_where_in_the_log_the_ticket_asked(play: Play) -> None:
    play.agent("anna")
    play.open("a")
    asked = len(play.log)
    play.settle()

    (assigned,) = play.given("a")
    assert (assigned.because.turn, assigned.because.pool) == (asked, "support/requests")
    assert play.log[-1].meta.regulation == "csn@1"


def test_outside_coverage_the_channels_group_gets_it_and_nobody_is_alarmed(play: Play) -> None:
    """R0-17."""
    play.agent("anna")
    play.wait(hours=12)
    play.open("a", "telegram")
    play.settle()

    (assigned,) = play.given("a")
    assert (assigned.agent, assigned.group, assigned.because.rule) == ("", "duty", "out-of-hours")
    assert not any(isinstance(each.data, NobodyOnline) for each in play.log)


def test_in_hours_with_nobody_online_the_group_gets_it_and_the_head_is_told(play: Play) -> None:
    """A-16."""
    play.agent("anna", online="chat")
    play.open("a")
    play.settle()

    assert (play.owners("a"), play.given("a")[0].because.rule) == ([""], "nobody-eligible")
    assert play.log[-1].data == NobodyOnline(at=play.now, ticket="a", group="support")


def test_each_section_looks_at_its_own_flag(play: Play) -> None:
    """R0-18."""
    play.agent("anna", online="chat")
    play.agent("boris", online="requests")
    play.open("a", "telegram")
    play.open("b", "email")
    play.settle()

    assert play.owners("a", "b") == ["anna", "boris"]


def test_who_goes_offline_gets_nothing_more(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.offline("anna")
    play.open("a")
    play.open("b")
    play.settle()

    assert play.owners("a", "b") == ["boris", "boris"]


def test_a_registration_without_a_group_takes_the_agent_out(play: Play) -> None:
    play.agent("anna")
    play.agent("anna", "duty", online="")
    play.open("a")
    play.settle()

    assert play.owners("a") == [""]


def test_what_waited_is_dealt_to_those_present_oldest_first(play: Play) -> None:
    play.agent("anna", online="")
    play.agent("boris", online="")
    for ticket in "abc":
        play.open(ticket)
        play.settle()
    play.online("anna")
    play.settle()
    play.online("boris")
    play.open("d")
    play.settle()

    assert play.owners("a", "b", "c", "d") == ["anna", "anna", "anna", "boris"]
    assert [len(play.given(ticket)) for ticket in "abcd"] == [2, 2, 2, 1]


def test_a_waiting_ticket_that_was_resolved_is_not_dealt(play: Play) -> None:
    play.open("a")
    play.resolve("a")
    play.settle()
    play.agent("anna")
    play.settle()

    assert play.owners("a") == [""]


def test_an_agent_online_before_his_shift_gets_what_waits_when_it_starts(play: Play) -> None:
    play.agent("anna")
    play.shift("anna", after=1, hours=4)
    play.open("a")
    play.settle()
    play.wait(minutes=59)
    assert play.owners("a") == [""]

    play.wait(minutes=1)
    assert play.owners("a") == ["anna"]
    assert play.given("a")[-1].because.rule == "turn"
    assert play.log[-2].meta.causation == play.log[-4].id


def test_tickets_of_the_night_are_dealt_when_coverage_opens(play: Play) -> None:
    """A-14, A-17."""
    play.wait(hours=12)
    play.agent("anna")
    for ticket in "ab":
        play.open(ticket, "telegram")
    play.settle()
    play.wait(hours=10, minutes=59)
    assert play.owners("a", "b") == ["", ""]

    play.wait(minutes=1)
    assert play.owners("a", "b") == ["anna", "anna"]
    assert play.decider.reactor.next_ring(play.decider.state) is None


def test_what_waited_is_dealt_in_turn_among_all_on_a_running_shift(play: Play) -> None:
    play.wait(hours=12)
    for agent in ("anna", "boris"):
        play.agent(agent)
        play.shift(agent, after=-1, hours=20)
    for ticket in "abcd":
        play.open(ticket, "telegram")
    play.settle()
    play.wait(hours=11)

    assert play.owners("a", "b", "c", "d") == ["anna", "boris", "anna", "boris"]


def test_a_timer_missed_for_too_long_rings_once_and_says_that_nobody_is_there(play: Play) -> None:
    play.agent("anna")
    play.shift("anna", after=1, hours=1)
    play.open("a")
    play.settle()
    play.wait(hours=8)

    assert (len(play.given("a")), play.owners("a")) == (2, [""])
    assert play.decider.reactor.next_ring(play.decider.state) is None


def test_a_shift_that_is_over_does_not_count(play: Play) -> None:
    play.agent("anna")
    play.shift("anna", after=-2, hours=2)
    play.open("a")
    play.settle()

    assert {each.excluded for each in play.given("a")[0].because.candidates} == {"off-shift"}


@pytest.mark.parametrize("closed", [False, True])
def test_a_reopened_ticket_goes_back_to_its_owner(play: Play, closed: bool) -> None:
    """A-13."""
    play.agent("anna")
    play.open("a")
    play.settle()
    play.agent("boris")
    play.resolve("a")
    if closed:
        play.close("a")
    play.reopen("a")
    play.settle()

    assert (play.owners("a"), play.given("a")[-1].because.rule) == (["anna"], "sticky")


def test_a_reopened_ticket_never_lands_on_an_offline_agent(play: Play) -> None:
    """A-13, A-16."""
    play.agent("anna")
    play.open("a")
    play.settle()
    play.agent("boris")
    play.offline("anna")
    play.resolve("a")
    play.reopen("a")
    play.settle()

    assert (play.owners("a"), play.given("a")[-1].because.rule) == (["boris"], "turn")


def transferred(play: Play, ticket: str, agent: str = "", group: str = "support") -> TicketTransferred:
    return TicketTransferred(at=play.now, ticket=ticket, group=group, by="lead", agent=agent)


def test_a_ticket_handed_to_a_group_is_dealt_there(play: Play) -> None:
    """R0-23."""
    play.agent("anna", "support")
    play.agent("boris", "duty")
    play.open("a")
    play.settle()
    play.say(transferred(play, "a", group="duty"), assignment_stream("a"))
    play.settle()

    assert (play.owners("a"), play.given("a")[-1].group) == (["boris"], "duty")


def test_a_ticket_handed_to_somebody_stays_there(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.open("a")
    play.settle()
    play.say(transferred(play, "a", "boris"), assignment_stream("a"))
    play.settle()

    assert play.decider.state.tickets["a"].agent == "boris"
    assert len(play.given("a")) == 1


def test_a_person_who_took_a_ticket_while_it_was_dealt_keeps_it(play: Play) -> None:
    play.agent("boris", online="")
    play.open("a")
    play.settle()
    play.agent("anna")
    decided = play.decider.step(play.log[play.decider.position :]).decided
    play.say(transferred(play, "a", "boris"), assignment_stream("a"))
    play.land(decided)
    play.settle()

    assert play.owners("a") == ["boris"]
    assert play.decider.state.tickets["a"].agent == play.rebuilt().tickets["a"].agent == "boris"


def test_a_restart_between_a_reaction_and_its_return_gives_no_double_turn(play: Play) -> None:
    play.agent("anna")
    play.agent("boris")
    play.settle()
    play.open("a")
    decided = play.decider.step(play.log[-1:]).decided
    cursor = len(play.log)
    play.open("b")
    play.land(decided)

    restarted = Decider(RoutingReactor(), State(), 0)
    restarted.fold(play.log[:cursor])
    restarted.anticipate(play.log[cursor + 1 :])
    play.land(restarted.step(play.log[cursor:]).decided)

    assert play.owners("a", "b") == ["anna", "boris"]
    assert len(play.given("a")) == 1


def test_a_ticket_of_an_unpublished_regulation_is_set_aside_alone(play: Play) -> None:
    play.agent("anna")
    play.open("a")
    play.log[-1] = msgspec.structs.replace(
        play.log[-1], data=msgspec.structs.replace(play.log[-1].data, regulation="lost@7")
    )
    play.open("b")
    step = play.decider.step(play.log)

    assert [parked.subject for parked in step.parked] == ["a"]
    assert "publish it" in step.parked[0].reason
    assert [new.event.ticket for new in step.decided if isinstance(new.event, TicketAssigned)] == ["b"]


STEP = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["email", "telegram", "cabinet"])),
    st.tuples(st.just("toggle"), st.sampled_from(["vera", "gleb"])),
    st.tuples(st.just("settle"), st.just("")),
    st.tuples(st.just("resolve"), st.integers(0, 30).map(str)),
    st.tuples(st.just("reopen"), st.integers(0, 30).map(str)),
    st.tuples(st.just("wait"), st.just("")),
)


def enact(play: Play, steps: list[tuple[str, str]]) -> None:
    online, opened = set[str](), 0
    for verb, what in steps:
        match verb:
            case "open":
                play.open(str(opened), what)
                opened += 1
            case "toggle":
                (play.offline if what in online else play.online)(what)
                online ^= {what}
            case "resolve" | "reopen" if int(what) < opened:
                getattr(play, verb)(what)
            case "wait":
                play.wait(minutes=7)
            case "settle":
                play.settle()
    play.settle()


def eligible_then(play: Play, said: TicketAssigned, position: int) -> bool:
    """Whether the agent took requests when it was decided, according to the log alone."""
    mine = [each for each in play.log[:position] if getattr(each.data, "agent", "") == said.agent]
    presence = [type(each.data).__name__ for each in mine if getattr(each.data, "section", "") == "requests"]
    return said.agent in ("anna", "boris") or (bool(presence) and presence[-1] == "AgentWentOnline")


@given(steps=st.lists(STEP, max_size=60))
def test_continuously_eligible_agents_get_the_same_share(new_play: Callable[[], Play], steps: list) -> None:
    play = new_play()
    for agent in ("anna", "boris"):
        play.agent(agent, online="requests")
    for agent in ("vera", "gleb"):
        play.agent(agent, online="")
    enact(play, steps)

    turns = play.turns()
    assert abs(turns["anna"] - turns["boris"]) <= 1


@given(steps=st.lists(STEP, max_size=40))
def test_every_assignment_evaluates_again_and_never_names_who_is_not_there(
    new_play: Callable[[], Play], steps: list
) -> None:
    play = new_play()
    for agent in ("vera", "gleb"):
        play.agent(agent, online="")
    enact(play, steps)

    for each in [each for each in play.log if isinstance(each.data, TicketAssigned) and each.data.agent]:
        cause = next(other.position for other in play.log if other.id == each.meta.causation)
        assert reevaluated(each.data.because) == each.data.agent
        assert each.meta.reaction == "wake" or eligible_then(play, each.data, cause)


@given(steps=st.lists(STEP, max_size=40))
def test_live_rebuilt_and_restored_states_agree(new_play: Callable[[], Play], steps: list) -> None:
    play = new_play()
    for agent in ("anna", "vera", "gleb"):
        play.agent(agent, online="")
    enact(play, steps)

    live, reactor = play.decider.state, RoutingReactor()
    assert reactor.restored(reactor.stored(live)) == live
    for state in (live, rebuilt := play.rebuilt()):
        state.seen = play.now
    assert msgspec.to_builtins(rebuilt) == msgspec.to_builtins(live)


def test_ten_thousand_tickets_are_shared_to_within_one(play: Play) -> None:
    crew = ("anna", "boris", "vera", "gleb", "dina", "egor")
    for agent in crew:
        play.agent(agent)
    for n in range(10_000):
        play.open(str(n))
    play.decider.step(play.log)

    shares = [len([t for t in play.decider.state.tickets.values() if t.agent == agent]) for agent in crew]
    assert max(shares) - min(shares) <= 1
