from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from contracts import Meta, Recorded
from contracts.routing import (
    AbsenceRecorded,
    AbsenceWithdrawn,
    AgentLent,
    AgentRegistered,
    AgentWentOffline,
    AgentWentOnline,
    LoanEnded,
)
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.agent import Agent, OwnGroupsError, UnknownAbsenceError, UnknownLoanError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = AgentRegistered(at=NOON, agent="anna", name="Анна", groups=("support",))
LATER = msgspec.structs.replace(ANNA, at=NOON.replace(hour=13))


def agent() -> Agent:
    fresh = Agent("agent-anna", ANNA)
    fresh.new_events()
    return fresh


def said(fresh: Agent) -> list[object]:
    return [decided.event for decided in fresh.new_events()]


def test_going_online_in_one_section_leaves_the_other_alone() -> None:
    anna = agent()

    anna.go_online("chat", NOON)

    assert said(anna) == [AgentWentOnline(at=NOON, agent="anna", section="chat")]
    assert anna.online == {"chat"}


def test_repeated_presence_is_silence() -> None:
    anna = agent()

    anna.go_offline("chat", NOON)
    anna.go_online("chat", NOON)
    anna.go_online("chat", NOON)
    anna.go_offline("chat", NOON)

    assert [type(each) for each in said(anna)] == [AgentWentOnline, AgentWentOffline]


def test_registering_the_same_again_is_silence() -> None:
    anna = agent()

    anna.register(LATER)

    assert said(anna) == []


def test_registering_otherwise_replaces() -> None:
    anna = agent()
    changed = msgspec.structs.replace(LATER, groups=("duty",), in_distribution=False)

    anna.register(changed)

    assert said(anna) == [changed]
    assert anna.card == changed


def away(reason: str, hours: int = 0, lasts: int | None = 1, substitute: str = "") -> AbsenceRecorded:
    starts = NOON + timedelta(hours=hours)
    ends = None if lasts is None else starts + timedelta(hours=lasts)
    what = {"reason": reason, "starts": starts, "ends": ends, "substitute": substitute}
    return AbsenceRecorded(at=NOON, agent="anna", absence="", **what)  # type: ignore[arg-type]


def lent(*groups: str, hours: int = 8) -> AgentLent:
    ends = NOON + timedelta(hours=hours)
    return AgentLent(at=NOON, agent="anna", loan="", direction="", groups=groups, starts=NOON, ends=ends, by="lena")


def test_absences_are_numbered_and_overlap() -> None:
    anna = agent()

    anna.leave(away("vacation", lasts=200))
    anna.leave(away("illness", lasts=None))

    assert [(each.absence, each.reason) for each in anna.absences.values()] == [
        ("anna~1", "vacation"),
        ("anna~2", "illness"),
    ]


def test_the_same_absence_again_is_silence() -> None:
    anna = agent()
    anna.leave(away("lunch", lasts=None))

    anna.leave(msgspec.structs.replace(away("lunch", lasts=None), starts=NOON + timedelta(minutes=1)))

    assert len(said(anna)) == 1
    assert anna.away_as(away("lunch", lasts=None)) == "anna~1"


def test_coming_back_ends_the_absence_once() -> None:
    anna = agent()
    anna.leave(away("lunch"))

    anna.come_back("anna~1", NOON)
    anna.come_back("anna~1", NOON)

    assert said(anna)[1:] == [AbsenceWithdrawn(at=NOON, agent="anna", absence="anna~1")]


def test_coming_back_from_an_absence_that_is_over_is_silence() -> None:
    anna = agent()
    anna.leave(away("lunch"))

    anna.come_back("anna~1", NOON + timedelta(hours=1))

    assert len(said(anna)) == 1


@pytest.mark.parametrize("absence", ["anna~1", "anna~0", "anna~", "boris~1"])
def test_nobody_comes_back_from_where_he_never_was(absence: str) -> None:
    with pytest.raises(UnknownAbsenceError):
        agent().come_back(absence, NOON)


def test_a_loan_to_ones_own_groups_is_refused() -> None:
    with pytest.raises(OwnGroupsError):
        agent().lend(lent("support"))


def test_a_loan_is_ended_once() -> None:
    anna = agent()
    anna.lend(lent("duty"))
    anna.lend(lent("duty"))

    anna.end_loan("anna~1", "lena", NOON)
    anna.end_loan("anna~1", "lena", NOON)

    assert said(anna)[1:] == [LoanEnded(at=NOON, agent="anna", loan="anna~1", by="lena")]


def test_a_loan_that_was_never_made_cannot_end() -> None:
    with pytest.raises(UnknownLoanError):
        agent().end_loan("anna~1", "lena", NOON)


def test_a_shifts_end_leaves_who_came_online_after_it() -> None:
    came, ended = (
        NOON + timedelta(seconds=1),
        AgentWentOffline(at=NOON, agent="anna", section="chat", because="shift-end"),
    )
    history = [ANNA, AgentWentOnline(at=came, agent="anna", section="chat"), ended]

    anna = Agent.replay(recorded(*history))

    assert anna is not None
    assert anna.online == {"chat"}


def recorded(*history: object) -> list[Recorded[object]]:
    return [
        Recorded(position=n, id="i", stream="agent-anna", version=n, recorded_at=NOON, data=each, meta=Meta())
        for n, each in enumerate(history, 1)
    ]


STEPS = ["chat", "requests", "-chat", "-requests", "support", "duty", "lunch", "illness", "back", "lend", "return"]


@given(st.lists(st.sampled_from(STEPS), max_size=16))
def test_replay_rebuilds_what_was_decided_live(steps: list[str]) -> None:
    live = Agent("agent-anna", ANNA)
    for n, name in enumerate(steps):
        step(live, name, n)

    assert Agent.replay(recorded(*(each.event for each in live.new_events()))) == live


def step(live: Agent, name: str, hours: int) -> None:
    match name:
        case "support" | "duty":
            live.register(msgspec.structs.replace(ANNA, groups=(name,)))
        case "lunch" | "illness":
            live.leave(away(name, hours))
        case "back" if live.absences:
            live.come_back(max(live.absences), NOON)
        case "lend":
            live.lend(lent("chess", hours=hours + 1))
        case "return" if live.loans:
            live.end_loan(min(live.loans), "lena", NOON)
        case "chat" | "requests":
            live.go_online(name, NOON)
        case "-chat" | "-requests":
            live.go_offline(name.strip("-"), NOON)  # type: ignore[arg-type]
