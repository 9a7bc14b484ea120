"""The promises of reliability.md §2.1 as functions: what they give back is what is wrong, so nothing is good."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import asyncpg
from contracts import Event, Recorded
from contracts.intake import TicketOpened
from contracts.routing import TicketAssigned

Log = Sequence[Recorded[Event]]


def unbroken(log: Log) -> list[str]:
    """I3: positions 1, 2, 3 … and in every stream versions 1, 2, 3 …, each id once."""
    wrong = [f"I3: position {each.position} at place {n}" for n, each in enumerate(log, 1) if each.position != n]
    versions: dict[str, list[int]] = defaultdict(list)
    for each in log:
        versions[each.stream].append(each.version)
    wrong += [f"I3: {name} has versions {got}" for name, got in versions.items() if got != [*range(1, len(got) + 1)]]
    return wrong + [
        f"I3: id {one} {times} times" for one, times in _counted(each.id for each in log).items() if times > 1
    ]


def durable(accepted: Iterable[str], streams: Iterable[str], log: Log) -> list[str]:
    """I1: of every accepted id and in every stream written once, exactly one event."""
    ids, places = _counted(each.id for each in log), _counted(each.stream for each in log)
    wrong = [f"I1: {one} is there {ids[one]} times" for one in accepted if ids[one] != 1]
    return wrong + [f"I1: {name} holds {places[name]} events" for name in streams if places[name] != 1]


def settled(read: Sequence[int], head: int) -> list[str]:
    """I4: what a tailing reader saw, in the order in which it saw it, is 1, 2, 3 … up to the head."""
    lost = sorted({*range(1, head + 1)} - {*read})
    wrong = [f"I4: never read {lost}"] if lost else []
    wrong += [f"I4: {b} read after {a}" for a, b in pairwise(read) if b <= a]
    return wrong


def once(log: Log) -> list[str]:
    """I6: every opened ticket was answered by exactly one assignment, every cause and rule by one event."""
    tickets = _counted(each.data.ticket for each in log if isinstance(each.data, TicketAssigned))
    opened = [each.data.ticket for each in log if isinstance(each.data, TicketOpened)]
    wrong = [f"I6: {ticket} was assigned {tickets[ticket]} times" for ticket in opened if tickets[ticket] != 1]
    rules = _counted((each.meta.causation, each.meta.reaction, each.stream) for each in log if each.meta.reaction)
    return wrong + [f"I6: {rule} happened {times} times" for rule, times in rules.items() if times > 1]


def in_turn(log: Log, agents: Sequence[str]) -> list[str]:
    """The agents were taken strictly in turn, though several tickets came in one page."""
    got = [each.data.agent for each in log if isinstance(each.data, TicketAssigned)]
    return [f"turn {n} went to {one}" for n, one in enumerate(got) if one != agents[n % len(agents)]]


def applied_in_order(rows: Iterable[Mapping[str, object]], log: Log) -> list[str]:
    """I6 and I7: rows (stream, version) in the order in which a follower applied them: all, once, in order."""
    streams: dict[object, list[object]] = defaultdict(list)
    for row in rows:
        streams[row["stream"]].append(row["version"])
    wanted = _counted(each.stream for each in log)
    return [
        f"I7: {name} was applied as {streams[name]} instead of 1 to {events}"
        for name, events in wanted.items()
        if streams[name] != [*range(1, events + 1)]
    ]


async def canonical_hash(connection: asyncpg.Connection, tables: Mapping[str, str]) -> str:
    """I8: the content of views (table → its columns) as one hash, whatever order the rows lie in."""
    digest = hashlib.sha256()
    for table, columns in tables.items():
        rows = await connection.fetch(f"select {columns} from {table}")  # noqa: S608  # names come from tests
        digest.update(json.dumps(sorted(json.dumps([*row], default=str) for row in rows)).encode())
    return digest.hexdigest()


def _counted(things: Iterable[object]) -> Counter[object]:
    return Counter(things)
