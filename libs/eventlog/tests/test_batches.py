"""What one call of `log.append` makes of many requests: the same as if they came one by one."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from contracts import Event, Recorded
from eventlog.appending import Verdict, append_all
from eventlog.errors import ConflictError
from eventlog.memory import MemoryLog
from eventlog.postgres import PostgresLog
from eventlog.store import NEXT, New
from eventlog.vault import Sealed, Vault
from testkit.invariants import unbroken
from testkit.running import MASTER_KEY, whole
from testkit.streams import closed, new, opened

BATCHES = 60
STREAMS = 12

Request = tuple[New, ...]


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_comes_to_what_its_requests_come_to_one_by_one(intake: PostgresLog, seed: int) -> None:
    memory, rng = MemoryLog(Vault(MASTER_KEY), lambda: datetime.now(UTC)), random.Random(seed)
    past: list[Request] = []
    for _ in range(BATCHES):
        requests = await _some(memory, rng, past)
        verdicts = await append_all(intake.pool, [Sealed(request) for request in requests])
        assert [_outcome(each) for each in verdicts] == [await _alone(memory, request) for request in requests]
        past += requests
    assert _places(await whole(intake)) == _places(await memory.page(0, 10_000))
    assert unbroken(await whole(intake)) == []


async def test_streams_of_a_request_may_take_turns(intake: PostgresLog) -> None:
    events = [new("ticket-1", 1, opened("1")), new("ticket-2", 1, opened("2")), new("ticket-1", 2, closed("1"))]

    assert (await intake.append(events)).last == 3
    assert unbroken(await whole(intake)) == []


async def test_a_gap_is_not_filled_by_a_neighbour_in_the_batch(intake: PostgresLog) -> None:
    first, second = new("ticket-1", 1, opened("1")), new("ticket-1", 2, closed("1"))

    verdicts = await append_all(intake.pool, [Sealed((second,)), Sealed((first,))])
    assert isinstance(verdicts[0].error, ConflictError)
    assert [each.id for each in await intake.read("ticket-1")] == [first.id]


async def test_a_command_and_a_reaction_to_one_stream_go_together(intake: PostgresLog) -> None:
    command, reaction = new("ticket-1", 1, opened("1")), new("ticket-1", NEXT, closed("1"))

    verdicts = await append_all(intake.pool, [Sealed((command,)), Sealed((reaction,))])
    assert [each.version for verdict in verdicts for each in verdict.placed] == [1, 2]
    assert [each.id for each in await intake.read("ticket-1")] == [command.id, reaction.id]


async def test_what_is_told_of_a_batch_is_what_is_stored(intake: PostgresLog) -> None:
    requests = [Sealed((new(f"ticket-{n}", version, opened("1")),)) for n, version in enumerate((1, NEXT, 1))]

    verdicts = await append_all(intake.pool, requests)
    lines = [line for verdict in verdicts for line in verdict.lines]
    assert f"[{','.join(lines)}]" == await intake.pool.fetchval("select log.page(0, 10)")


async def _some(memory: MemoryLog, rng: random.Random, past: Sequence[Request]) -> list[Request]:
    """Up to six requests, no two of them about one stream; some come again, some come too late or too early."""
    names = rng.sample([f"ticket-{n}" for n in range(STREAMS)], 6)
    requests = []
    while len(names) > 1:
        again = [each for each in past[-20:] if {new.stream for new in each} <= {*names}]
        request = rng.choice(again) if again and rng.random() < 0.08 else await _one(memory, rng, names)
        names = [name for name in names if name not in {new.stream for new in request}]
        requests.append(request)
    return requests


async def _one(memory: MemoryLog, rng: random.Random, names: Sequence[str]) -> Request:
    version = {name: len(await memory.read(name)) for name in names[:2]}
    off = rng.choice([-1, 1] + [0] * 18)
    turns = [names[rng.random() < 0.2] for _ in range(rng.randint(1, 3))]
    reacts, events = rng.random() < 0.3, []
    for name in turns:
        version[name] += 1
        events.append(new(name, NEXT if reacts else max(1, version[name] + off), closed("1")))
    return tuple(events)


def _outcome(verdict: Verdict) -> object:
    if verdict.appended is None:
        return type(verdict.error)
    return verdict.appended.first, verdict.appended.last, verdict.appended.known


async def _alone(memory: MemoryLog, request: Request) -> object:
    try:
        appended = await memory.append(request)
    except ConflictError as error:
        return type(error)
    return appended.first, appended.last, appended.known


def _places(events: Sequence[Recorded[Event]]) -> list[tuple[object, ...]]:
    return [(each.position, each.id, each.stream, each.version) for each in events]
