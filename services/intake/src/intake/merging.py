"""Tickets that were put together: where one goes on, what was put into it, and doing both sides in one append."""

import asyncio
from collections.abc import Awaitable, Callable

from contracts.streams import ticket_stream
from eventlog.change import By, Changed, done_before, landed, numbered, repeated
from eventlog.errors import UnknownStreamError
from eventlog.store import EventLog

from intake.domain.standing import Standing
from intake.domain.ticket import Ticket


async def loaded(log: EventLog, ticket: str) -> Ticket | None:
    """The ticket of this id as it is now."""
    return Ticket.replay(await log.read(ticket_stream(ticket)))


async def end_of(log: EventLog, ticket: Ticket) -> Ticket:
    """The ticket in which this one goes on: itself, or the one at the end of what it was merged into."""
    while ticket.into:
        further = await loaded(log, ticket.into)
        if further is None:
            break
        ticket = further
    return ticket


async def sources_of(log: EventLog, ticket: Ticket) -> list[Ticket]:
    """All tickets that were put into this one, and those that had been put into them."""
    found = [each for each in await asyncio.gather(*(loaded(log, each) for each in ticket.merged)) if each]
    deeper = [await sources_of(log, each) for each in found if each.merged]
    return [*found, *(each for part in deeper for each in part)]


async def owned_by(log: EventLog, ticket: Ticket, requester: str) -> Ticket:
    """The ticket by which a requester takes part in this one: itself, or theirs that is or was put into it."""
    if ticket.requester != requester:
        for each in await asyncio.gather(*(loaded(log, each) for each in ticket.guests)):
            if each and each.requester == requester:
                return each
    return ticket


async def merge(
    log: EventLog, source: str, into: str, verb: Callable[[Ticket, Ticket], None], by: By
) -> Changed[Ticket]:
    """Let `verb` put a ticket into the end of another, on both streams at once: no two ever go round in a circle.

    Raises UnknownStreamError, UsedCauseError, ConflictError after five lost races, and what the verb raises.
    """

    async def decide(one: Ticket) -> Ticket:
        other = await loaded(log, into)
        if other is None:
            raise UnknownStreamError(ticket_stream(into))
        end = await end_of(log, other)
        if one.standing is not Standing.merged or (await end_of(log, one)).ticket != end.ticket:
            verb(one, end)
        return end

    return await _together(log, ticket_stream(source), decide, by)


async def unmerge(log: EventLog, source: str, verb: Callable[[Ticket, Ticket], None], by: By) -> Changed[Ticket]:
    """Let `verb` take a ticket out of the one it was put into, on both streams; one that was not stays as it is."""

    async def decide(one: Ticket) -> Ticket:
        other = await loaded(log, one.into) if one.into else None
        if other is not None:
            verb(one, other)
        return other or one

    return await _together(log, ticket_stream(source), decide, by)


async def _together(
    log: EventLog, stream: str, decide: Callable[[Ticket], Awaitable[Ticket]], by: By
) -> Changed[Ticket]:
    """What is decided on this stream's ticket and the other one, which `decide` gives."""

    async def attempt() -> Changed[Ticket]:
        history = await log.read(stream)
        one = Ticket.replay(history)
        if one is None:
            raise UnknownStreamError(stream)
        other = one if done_before(history, by) else await decide(one)
        new = [*numbered(one.new_events(), by), *numbered(other.new_events(), by)]
        return Changed(one, await landed(log, new, by) if new else history[-1].position)

    return await repeated(attempt)
