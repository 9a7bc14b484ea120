"""What routing remembers of people, through the very decider that a follower runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from contracts import Event
from contracts.routing import (
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    AgentWentOffline,
    AgentWentOnline,
    LoanEnded,
    RosterRevised,
)
from contracts.streams import roster_stream
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.channel import Distribution
from regulation.document import Regulation
from routing.domain.staff import Staff
from routing.state import State

Play = Any  # the class lives in conftest.py


def automatic(play: Play, **other: object) -> None:
    """From now on shifts' ends take people Offline."""
    regulation = Regulation.from_document(play.log[0].data.document)
    changes = {"version": "2", "distribution": Distribution(offline_at_shift_end=True), **other}
    play.publish(msgspec.structs.replace(regulation, **changes))


def ended(play: Play) -> list[tuple[str, str, Any]]:
    """Whom a shift's end took Offline, in which section and as of when."""
    said = [each.data for each in play.log if isinstance(each.data, AgentWentOffline)]
    return [(each.agent, each.section, each.at) for each in said if each.because == "shift-end"]


def test_a_shifts_end_takes_people_offline_once_in_both_sections(play: Play) -> None:
    automatic(play)
    play.agent("anna")
    play.shift("anna", -1, 3)
    end = play.now + timedelta(hours=2)
    play.settle()

    for _ in range(4):
        play.wait(hours=1)

    assert ended(play) == [("anna", "chat", end), ("anna", "requests", end)]
    assert not play.decider.state.staff.agents["anna"].is_online("requests")


def test_after_a_downtime_the_end_is_told_late_and_as_of_its_time(play: Play) -> None:
    automatic(play)
    play.agent("anna", online="chat")
    play.shift("anna", 0, 2)
    end = play.now + timedelta(hours=2)
    play.settle()

    play.wait(days=3)

    assert ended(play) == [("anna", "chat", end)]


def test_an_end_that_was_missed_is_told_though_people_went_on_meanwhile(play: Play) -> None:
    """Shifts are remembered for a week: what is planned and said before the platform looks again forgets none."""
    automatic(play)
    play.agent("anna", online="requests")
    play.shift("anna", 0, 2)
    end = play.now + timedelta(hours=2)
    play.settle()
    play.now += timedelta(days=6)
    revised = {"roster": "main", "revision": 2, "source": "csv", "by": "lead", "planned": 0, "withdrawn": 0}
    play.say(RosterRevised(at=play.now, **revised), roster_stream("main"))
    play.online("anna", "chat")
    play.settle()
    play.wait()

    assert ended(play) == [("anna", "requests", end)]


def test_where_the_regulation_does_not_say_so_people_stay_online(play: Play) -> None:
    automatic(play, groups=())
    play.agent("anna")
    play.shift("anna", 0, 2)
    play.settle()

    play.wait(hours=3)

    assert ended(play) == []


def test_who_came_online_after_his_shift_stays(play: Play) -> None:
    automatic(play)
    play.agent("anna", online="")
    play.shift("anna", -3, 2)
    play.online("anna")
    play.settle()

    play.wait(hours=1)

    assert ended(play) == []


def test_a_shift_that_is_prolonged_in_time_ends_later(play: Play) -> None:
    automatic(play)
    play.agent("anna", online="chat")
    play.shift("anna", 0, 2)
    play.settle()
    play.shift("anna", 2, 2)
    play.settle()

    play.wait(hours=3)
    assert ended(play) == []
    play.wait(hours=1)
    assert ended(play) == [("anna", "chat", play.now)]


WORDS = st.lists(st.sampled_from([AgentWentOnline, AgentWentOffline]), max_size=3)


@settings(max_examples=30)
@given(early=WORDS, late=WORDS)
def test_a_shifts_end_that_crosses_a_persons_word_rebuilds_equal(
    new_play: Callable[[], Play], early: list[type[Any]], late: list[type[Any]]
) -> None:
    play = new_play()
    automatic(play)
    play.agent("anna", online="chat")
    play.shift("anna", 0, 2)
    play.settle()
    play.now += timedelta(hours=2)
    decided = play.decider.ring(play.now, 10).decided
    for said, lag in [*((each, -1) for each in early), *((each, 1) for each in late)]:
        play.say(said(at=play.now + timedelta(seconds=lag), agent="anna", section="chat"), "agent-anna")
    play.land(decided)
    play.settle()

    assert len(decided) == 1
    assert comparable(play.rebuilt().staff) == comparable(play.decider.state.staff)


def test_who_is_away_is_given_nothing_until_he_is_back(play: Play) -> None:
    play.agent("anna")
    play.say(absence(play, "anna", 1, "lunch", ends=1), "agent-anna")
    play.open("a")
    play.settle()
    assert (play.owners("a"), play.given("a")[0].because.candidates[0].excluded) == ([""], "absent:lunch")

    play.wait(hours=1)

    assert play.owners("a") == ["anna"]


def test_who_is_back_early_is_given_what_waits(play: Play) -> None:
    play.agent("anna")
    play.say(absence(play, "anna", 1, "lunch"), "agent-anna")
    play.open("a")
    play.settle()

    play.say(AbsenceWithdrawn(at=play.now, agent="anna", absence="anna~1"), "agent-anna")
    play.settle()
    play.wait(seconds=1)

    assert play.owners("a") == ["anna"]


def test_who_is_lent_is_given_the_other_groups_work_while_it_lasts(play: Play) -> None:
    """R4-10: quickly switched, for a time."""
    play.agent("anna", "chess")
    play.say(lent(play, "anna", 1, "support", hours=1), "agent-anna")
    play.open("a")
    play.settle()
    play.wait(hours=1)
    play.open("b")
    play.settle()

    assert play.owners("a", "b") == ["anna", ""]


def test_what_is_over_is_forgotten(play: Play) -> None:
    play.agent("anna")
    play.shift("anna", 0, 8)
    play.say(absence(play, "anna", 1, "lunch", ends=1), "agent-anna")
    play.say(lent(play, "anna", 1, "chess", hours=1), "agent-anna")
    play.settle()
    play.wait(days=8)

    play.say(revised(play), roster_stream("main"))
    play.settle()

    anna = play.decider.state.staff.agents["anna"]
    assert (anna.shifts, anna.absences, anna.loans) == ([], {}, {})
    assert "chess" not in play.decider.state.staff.teams


def absence(play: Play, agent: str, number: int, reason: str, ends: float | None = None) -> AbsenceRecorded:
    until = None if ends is None else play.now + timedelta(hours=ends)
    what = {"reason": reason, "starts": play.now, "ends": until, "substitute": ""}
    return AbsenceRecorded(at=play.now, agent=agent, absence=f"{agent}~{number}", **what)  # type: ignore[arg-type]


def lent(play: Play, agent: str, number: int, group: str, hours: float) -> AgentLent:
    when = {"starts": play.now, "ends": play.now + timedelta(hours=hours), "by": "lena"}
    return AgentLent(at=play.now, agent=agent, loan=f"{agent}~{number}", direction="", groups=(group,), **when)  # type: ignore[arg-type]


def revised(play: Play) -> RosterRevised:
    counts = {"planned": 0, "withdrawn": 0}
    return RosterRevised(at=play.now, roster="main", revision=1, source="json", by="lena", **counts)


AGENTS = st.sampled_from(["anna", "boris", "vera"])
STEPS = st.tuples(
    st.sampled_from(
        ["online", "offline", "shift", "away", "back", "lend", "return", "revise", "open", "wait", "settle"]
    ),
    AGENTS,
    st.integers(0, 5),
)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=40))
def test_random_rosters_absences_and_presence_rebuild_equal_and_nobody_gets_what_he_may_not(
    new_play: Callable[[], Play], steps: list[tuple[str, str, int]]
) -> None:
    play = new_play()
    automatic(play)
    for agent in ("anna", "boris", "vera"):
        play.agent(agent, "support")
    for n, (name, agent, hours) in enumerate(steps):
        take(play, n, (name, agent, hours))
    play.settle()

    assert comparable(play.rebuilt().staff) == comparable(play.decider.state.staff)
    assert comparable(restored(play).staff) == comparable(play.decider.state.staff)
    assert len(ended(play)) == len(set(ended(play)))


def take(play: Play, n: int, step: tuple[str, str, int]) -> None:
    name, agent, hours = step
    if name in {"settle", "wait"}:
        play.settle()
        play.wait(hours=0 if name == "settle" else hours * 20 if n % 7 == 0 else hours)
    elif name == "open":
        play.open(f"t{n}")
    elif name == "shift":
        play.shift(agent, hours - 2, hours + 1)
    else:
        play.say(word(play, n, step), roster_stream("main") if name == "revise" else f"agent-{agent}")


def word(play: Play, n: int, step: tuple[str, str, int]) -> Event:
    name, agent, hours = step
    last = f"{agent}~{n - 1}"
    return {
        "online": AgentWentOnline(at=play.now, agent=agent, section="requests"),
        "offline": AgentWentOffline(at=play.now, agent=agent, section="requests"),
        "away": absence(play, agent, n, "lunch", hours + 1),
        "back": AbsenceWithdrawn(at=play.now, agent=agent, absence=last),
        "lend": lent(play, agent, n, "duty", hours + 1),
        "return": LoanEnded(at=play.now, agent=agent, loan=last, by="lena"),
        "revise": revised(play),
    }[name]


def restored(play: Play) -> State:
    reactor = play.decider.reactor
    found: State = reactor.restored(reactor.stored(play.decider.state))
    return found


def comparable(staff: Staff) -> object:
    return msgspec.to_builtins(staff, order="sorted")
