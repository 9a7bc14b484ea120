"""Everything dies while people write: afterwards the log, the views and the mails say what the clients were told."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import nats
import pytest
from contracts import Event, Recorded
from testkit.checker import (
    answered_once,
    caused,
    in_order,
    kept_once,
    mailed_once,
    nothing_invented,
    same_rows,
    settled_once,
)
from testkit.history import History
from testkit.invariants import once, unbroken
from testkit.load import Client
from testkit.nemesis import Nemesis
from testkit.postbox import Postbox
from testkit.servers import run
from testkit.staff import Staff
from testkit.stillness import forget_views, not_ready, quiet, set_aside, views
from testkit.world import World

RATE = 30
"""Messages a second."""
AGENTS = {"anna": "anna@desk.example", "boris": "", "vera": "", "gleb": ""}
HARM = ("kill", "crash", "freeze")


class Found(NamedTuple):
    """What is there after the storm, and how it came about."""

    world: World
    seed: int
    history: History
    log: Sequence[Recorded[Event]]
    mails: Counter[str]
    views: Mapping[str, str]
    trouble: Sequence[str]


@pytest.fixture(scope="module")
def found(world: World, mails: Postbox, seed: int) -> Found:
    return run(storm(world, mails, seed))


async def storm(world: World, mails: Postbox, seed: int) -> Found:
    await quiet(world)
    staff, client, nemesis = Staff(world, AGENTS), Client(world, RATE, seed), Nemesis(world, seed)
    await staff.come()
    raging = asyncio.create_task(nemesis.rage())
    try:
        await asyncio.gather(
            client.run(lambda: not raging.done()), staff.work(client.history, lambda: not raging.done()), raging
        )
        await quiet(world)
    except BaseException:
        raging.cancel()
        print(world.journal, client.history.told(), *world.traces(), sep="\n")  # noqa: T201  # what else is there to see
        raise
    trouble = [*await not_ready(world), *world.ended_by_themselves(), *await set_aside(world)]
    return Found(world, seed, client.history, await world.log(), mails.arrived.copy(), await views(world), trouble)


@pytest.fixture(scope="module")
def made_anew(found: Found) -> Found:
    """The same world after every service has made its views and its state anew from the log."""
    for service in found.world.services.values():
        service.stop()
    run(forget_views(found.world))
    for service in found.world.services.values():
        service.start()
    run(quiet(found.world))
    return found._replace(log=run(found.world.log()), views=run(views(found.world)))


def nothing(wrong: Iterable[str], found: Found) -> None:
    """Nothing is wrong; if something is, the journal says what was done to the world."""
    listed = list(wrong)
    journal = f"REGLAMENT_CHAOS_SEED={found.seed}\n{found.world.journal}\n{found.history.told()}"
    assert not listed, "\n".join([f"{len(listed)} wrong:", *listed[:20], journal])


def test_what_was_accepted_is_recorded_exactly_once_i1(found: Found) -> None:
    assert len(found.history.taken) == len(found.history.by_intent()) > 100, found.history.told()
    nothing(kept_once(found.history, found.log), found)


def test_nothing_is_invented_i2(found: Found) -> None:
    nothing([*nothing_invented(found.history, found.log), *caused(found.log)], found)


def test_versions_and_positions_have_no_gap_i3(found: Found) -> None:
    nothing(unbroken(found.log), found)


async def test_the_broker_holds_the_whole_log_again_i5(found: Found) -> None:
    connection = await nats.connect(found.world.nats.url)
    try:
        state = (await connection.jetstream().stream_info("LOG")).state
    finally:
        await connection.close()
    assert (state.messages, state.last_seq) == (len(found.log), len(found.log))


def test_every_ticket_is_answered_exactly_once_i6(found: Found) -> None:
    nothing([*once(found.log), *answered_once(found.log)], found)


def test_a_tickets_events_are_answered_in_order_i7(found: Found) -> None:
    nothing(in_order(found.log), found)


def test_every_message_has_one_outcome_i13(found: Found) -> None:
    nothing(settled_once(found.log), found)


def test_a_mail_arrives_once_more_per_crash_at_most_i13(found: Found) -> None:
    harmed = {"notify", "PostgreSQL"}
    crashes = sum(entry.whom in harmed and entry.what.startswith(HARM) for entry in found.world.journal)

    nothing(mailed_once(found.log, found.mails, crashes), found)


def test_only_what_was_killed_had_to_be_started_i18(found: Found) -> None:
    nothing(found.trouble, found)


def test_views_made_anew_are_what_they_were_i8(found: Found, made_anew: Found) -> None:
    nothing(same_rows(found.views, made_anew.views), found)


def test_making_anew_says_and_sends_nothing_i17(found: Found, made_anew: Found, mails: Postbox) -> None:
    assert len(made_anew.log) == len(found.log)
    assert mails.arrived == found.mails
