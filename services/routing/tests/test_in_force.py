"""A version decides from the day on which it comes into force, not from its publication (R0-38)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from contracts.intake import TicketOpened
from contracts.routing import AgentRegistered, AgentWentOffline, LineOverflowEnded, LineOverflowStarted
from contracts.streams import ticket_stream
from eventlog.deciding import Decider
from regulation.channel import Distribution
from regulation.document import Regulation
from regulation.load import load
from routing.reactor import RoutingReactor

SAAS = load(Path(__file__).parents[3] / "regulations" / "saas-support.yaml")
LIVE, WRITTEN = "saas-line-1", "saas-line-2"
Play = Any  # the class lives in conftest.py


def later(play: Play, *, days: int, version: str = "2", **changes: object) -> Regulation:
    return msgspec.structs.replace(
        SAAS, version=version, effective_from=(play.now + timedelta(days=days)).date(), **changes
    )


def helped(*lines: str) -> dict[str, object]:
    other = {LIVE: WRITTEN, WRITTEN: LIVE}
    changed = (msgspec.structs.replace(each, helped_by=(other[each.id],) * (each.id in lines)) for each in SAAS.lines)
    return {"lines": tuple(changed)}


def staffed(play: Play) -> None:
    """Anna of the live line alone is there, so that she has to help."""
    groups = ("saas-live", "saas-tickets")
    play.say(AgentRegistered(at=play.now, agent="anna", name="anna", groups=groups, line=LIVE), "agent-anna")
    play.online("anna", "requests")
    play.online("anna", "chat")
    play.settle()


def opened(play: Play, ticket: str, regulation: str = "saas-support@1") -> None:
    said = {"ticket": ticket, "number": ticket, "requester": "r", "channel": "saas-zendesk", "kind": "api"}
    kind = {"category": "instruction", "priority": "normal", "stage": "classification", "regulation": regulation}
    texts = {"section": "requests", "subject": "", "text": "", "reply_to": ""}
    play.say(TicketOpened(at=play.now, **said, **kind, **texts), ticket_stream(ticket))
    play.settle()


def told(play: Play) -> list[tuple[str, Any]]:
    """When which help began and ended."""
    said = [each.data for each in play.log if isinstance(each.data, LineOverflowStarted | LineOverflowEnded)]
    return [(type(each).__name__[12:], each.at) for each in said if each.line == WRITTEN]


def test_a_version_that_is_not_in_force_yet_takes_no_help_away(play: Play) -> None:
    play.publish(SAAS)
    staffed(play)
    play.publish(later(play, days=300, **helped()))
    opened(play, "a")

    assert play.owners("a") == ["anna"]
    assert [each for each, _ in told(play)] == ["Started"]


def test_help_that_a_version_no_longer_allows_ends_when_it_comes_into_force(play: Play) -> None:
    play.publish(SAAS)
    staffed(play)
    play.publish(later(play, days=2, **helped()))
    opened(play, "a")
    play.wait(days=1)
    assert [each for each, _ in told(play)] == ["Started"]
    play.wait(hours=17)  # midnight, UTC

    assert told(play)[1:] == [("Ended", play.now)]
    opened(play, "b", "saas-support@2")
    assert play.owners("b") == [""]
    assert play.rebuilt() == play.decider.state


def test_help_that_a_version_brings_begins_when_it_comes_into_force(play: Play) -> None:
    play.publish(later(play, days=-9, version="1", **helped()))
    staffed(play)
    opened(play, "a")
    play.publish(later(play, days=1, **helped(WRITTEN)))
    play.settle()
    assert (play.owners("a"), told(play)) == ([""], [])
    play.wait(days=1)
    play.wait()

    assert ([each for each, _ in told(play)], play.owners("a")) == (["Started"], ["anna"])


def test_a_version_that_changes_nothing_rings_once_and_is_silent(play: Play) -> None:
    play.publish(SAAS)
    staffed(play)
    play.publish(later(play, days=1, title=SAAS.lines[0].title))
    play.settle()
    said = len(told(play))
    play.wait(days=2)

    assert len(told(play)) == said
    assert play.decider.reactor.next_ring(play.decider.state) is None


def test_whoever_was_published_last_but_came_into_force_first_does_not_decide(play: Play) -> None:
    """R0-38: of two versions in force the one that began later decides, as when a ticket is opened."""
    play.publish(later(play, days=-1, version="2", **helped(WRITTEN)))
    play.publish(later(play, days=-9, version="1", **helped()))
    play.now += timedelta(days=1)
    play.publish(later(play, days=1, version="3", **helped(WRITTEN)))
    play.publish(later(play, days=0, version="4", **helped()))
    staffed(play)
    play.wait(days=2)
    opened(play, "a", "saas-support@3")

    assert play.owners("a") == ["anna"]


def test_a_version_decides_from_its_publication_if_that_was_after_its_day(play: Play) -> None:
    play.publish(later(play, days=0, version="1", **helped()))
    play.now += timedelta(hours=1)
    play.publish(later(play, days=-9, version="2", **helped(WRITTEN)))
    staffed(play)
    opened(play, "a", "saas-support@2")

    assert play.owners("a") == ["anna"]


def test_what_began_while_the_platform_was_down_is_said_when_it_is_back(play: Play) -> None:
    """Nothing but the state tells it then that the help is over."""
    play.publish(SAAS)
    staffed(play)
    play.publish(later(play, days=1, **helped()))
    opened(play, "a")
    play.now += timedelta(days=2)
    play.offline("anna", "chat")
    play.decider.fold(play.log[play.decider.position :])
    reactor = RoutingReactor()
    play.decider = Decider(reactor, reactor.restored(reactor.stored(play.decider.state)), play.decider.position)
    play.wait()

    assert [each for each, _ in told(play)] == ["Started", "Ended"]


def test_how_few_people_are_too_few_is_said_by_the_version_in_force(play: Play) -> None:
    """Nobody comes or goes meanwhile: one of the written line is enough, then two are asked for."""
    few = [tuple(msgspec.structs.replace(each, min_staff=n) for each in SAAS.lines) for n in (1, 2)]
    play.publish(msgspec.structs.replace(SAAS, lines=few[0]))
    staffed(play)
    boris = AgentRegistered(at=play.now, agent="boris", name="b", groups=("saas-tickets",), line=WRITTEN)
    play.say(boris, "agent-boris")
    play.online("boris", "requests")
    play.publish(later(play, days=1, lines=few[1]))
    play.settle()
    before = len(told(play))
    play.wait(days=1)

    assert [each for each, _ in told(play)[before:]] == ["Started"]


def test_the_end_of_a_shift_counts_by_the_version_in_force_then(play: Play) -> None:
    play.publish(SAAS)
    staffed(play)
    play.publish(later(play, days=1, distribution=Distribution(offline_at_shift_end=True)))
    play.shift("anna", 0, 2)
    play.wait(hours=3)
    play.wait(days=2)
    assert not any(isinstance(each.data, AgentWentOffline) for each in play.log)
    play.offline("anna", "chat")
    play.online("anna", "chat")
    play.shift("anna", -1, 2)
    play.settle()
    play.wait(hours=2)

    assert any(isinstance(each.data, AgentWentOffline) and each.data.because for each in play.log)


def test_a_direction_is_the_one_of_the_version_in_force(play: Play) -> None:
    channels = tuple(msgspec.structs.replace(each, direction="d") for each in SAAS.channels)
    play.publish(SAAS)
    play.publish(later(play, days=1, channels=channels))
    play.settle()

    find = play.decider.state.rulings.direction
    assert [find("saas-chat", play.now + timedelta(days=n)) for n in (0, 1)] == ["", "d"]


def test_a_direction_of_a_channel_that_is_gone_is_the_one_it_had(play: Play) -> None:
    """Its tickets may be open still."""
    channels = tuple(msgspec.structs.replace(each, direction="d") for each in SAAS.channels)
    play.publish(msgspec.structs.replace(SAAS, channels=channels))
    play.publish(later(play, days=0, channels=channels[1:]))
    play.settle()

    assert play.decider.state.rulings.direction(channels[0].id, play.now) == "d"
