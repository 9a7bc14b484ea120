"""Every ticket is given out by the version of the regulation that it goes by (D2)."""

from pathlib import Path
from typing import Any

import msgspec
from contracts.intake import TicketMigrated, TicketOpened
from contracts.routing import TicketAssigned
from contracts.streams import ticket_stream
from regulation.channel import Channel
from regulation.document import Regulation
from regulation.load import load
from routing.reactor import RoutingReactor

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
Play = Any  # the class lives in conftest.py


def mailed(**changes: str) -> tuple[Channel, ...]:
    return tuple(msgspec.structs.replace(each, **changes) if each.id == "email" else each for each in CSN.channels)


DUTY = msgspec.structs.replace(CSN, version="2", channels=mailed(group="duty"))
AT_NIGHT_NOBODY = msgspec.structs.replace(CSN, version="3", channels=mailed(coverage="office"))


def opened(play: Play, ticket: str, regulation: str) -> None:
    play.say(
        TicketOpened(
            at=play.now, ticket=ticket, number=ticket, requester="r", channel="email", kind="email", section="requests",
            subject="", text="", reply_to="", category="defect", priority="normal", stage="level1",
            regulation=regulation,
        ),
        ticket_stream(ticket),
    )  # fmt: skip


def move(play: Play, ticket: str, to: Regulation) -> None:
    said = TicketMigrated(at=play.now, ticket=ticket, regulation=to.key, previous="csn@1", who="admin")
    play.say(said, ticket_stream(ticket))


def given(play: Play, ticket: str) -> tuple[str, str]:
    """The group a ticket went to, and the version by which."""
    event = [each for each in play.log if isinstance(each.data, TicketAssigned) and each.data.ticket == ticket][-1]
    return event.data.group, event.meta.regulation


def test_a_newer_version_leaves_older_tickets_where_they_were(play: Play) -> None:
    play.publish(DUTY)
    opened(play, "old", "csn@1")
    opened(play, "new", "csn@2")
    play.settle()

    assert given(play, "old") == ("support", "csn@1")
    assert given(play, "new") == ("duty", "csn@2")


def test_a_ticket_that_was_moved_is_given_out_by_its_new_version(play: Play) -> None:
    play.publish(DUTY)
    opened(play, "a", "csn@1")
    move(play, "a", DUTY)
    play.reopen("a")
    play.settle()

    assert given(play, "a") == ("duty", "csn@2")


def test_a_ticket_that_waits_goes_on_waiting_by_its_new_version(play: Play) -> None:
    play.publish(AT_NIGHT_NOBODY)
    opened(play, "a", "csn@1")
    move(play, "a", AT_NIGHT_NOBODY)
    play.settle()
    assert [queue.sample.regulation for queue in play.decider.state.queues.values()] == ["csn@3"]
    play.agent("anna")
    play.settle()

    assert play.owners("a") == ["anna"]
    assert play.rebuilt() == play.decider.state


def test_a_version_that_was_never_published_sets_the_ticket_aside_until_it_is(play: Play) -> None:
    opened(play, "a", "csn@2")
    step = play.decider.step(play.log[play.decider.position :])

    assert ["'csn@2' is not published" in each.reason for each in step.parked] == [True]


def test_every_version_survives_storing(play: Play) -> None:
    play.publish(DUTY)
    play.settle()
    reactor = RoutingReactor()

    assert list(reactor.restored(reactor.stored(play.decider.state)).regulations) == ["csn@1", "csn@2"]
