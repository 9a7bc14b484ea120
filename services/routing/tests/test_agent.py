from datetime import UTC, datetime

import msgspec
from contracts import Meta, Recorded
from contracts.routing import AgentRegistered, AgentWentOffline, AgentWentOnline
from hypothesis import given
from hypothesis import strategies as st
from routing.domain.agent import Agent

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


@given(st.lists(st.sampled_from(["chat", "requests", "-chat", "-requests", "support", "duty"]), max_size=12))
def test_replay_rebuilds_what_was_decided_live(steps: list[str]) -> None:
    live = Agent("agent-anna", ANNA)
    for step in steps:
        if step in ("support", "duty"):
            live.register(msgspec.structs.replace(ANNA, groups=(step,)))
        else:
            (live.go_offline if step[0] == "-" else live.go_online)(step.strip("-"), NOON)  # type: ignore[arg-type]

    history = [
        Recorded(
            position=n, id="i", stream=each.stream, version=each.version, recorded_at=NOON, data=each.event, meta=Meta()
        )
        for n, each in enumerate(live.new_events(), 1)
    ]
    assert Agent.replay(history) == live
