"""What agents do about a missed call: call back, settle it; several streams change together or not at all."""

from asyncio import gather
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from contracts import Event, Recorded
from contracts.streams import call_stream, ticket_stream
from eventlog.aggregate import Aggregate
from eventlog.change import By, done_before, landed, numbered, repeated
from eventlog.errors import ConflictError, LogUnavailableError, UnknownStreamError

from intake.calls.tracing import contact_in, found
from intake.domain.aging import Traces, rule_of
from intake.domain.call import Call, How, Settling
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.settling import Case, finish, settle
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from intake.domain.topic import topic_named
from intake.finding import ticket_id
from intake.house import House

A = TypeVar("A", bound=Aggregate)

HOLDER = "select agent from tickets where id = $1"


class Doer(NamedTuple):
    """Who does it, when, by which command; a lead may do anything, an agent what is theirs (R4-08)."""

    who: str
    at: datetime
    by: By
    leads: bool


class Wish(NamedTuple):
    """How a call is to be settled; `contact` is a ticket by id or number, "" for the one that is found."""

    how: How
    contact: str = ""
    topic: str = ""


class Settled(NamedTuple):
    """What became of it; `advice` says why the ticket goes on where it should have ended."""

    case: Case
    position: int
    ended: bool = False
    advice: str = ""


History = Sequence[Recorded[Event]]


class File(NamedTuple):
    """Everything about a call as the log has it: the earlier open ones of its ticket, both tickets, the traces."""

    calls: Sequence[History]
    ticket: History
    other: History
    later: bool
    traces: Traces

    def case(self) -> Case:
        """Aggregates that may decide."""
        calls = [_replayed(Call, history) for history in self.calls]
        other = Ticket.replay(self.other) if self.other else None
        return Case(calls, _replayed(Ticket, self.ticket), other, self.later)

    @property
    def position(self) -> int:
        """How far the call's own stream goes."""
        return self.calls[0][-1].position


async def call_back(house: House, call: str, doer: Doer, *, reached: bool) -> Settled:
    """Record that somebody called back about this call and the earlier open ones of its ticket (R4-02)."""

    def decide(file: File) -> Settled:
        case = file.case()
        for each in case.calls:
            each.call_back(_hand(house, case, doer), reached=reached)
        return Settled(case, file.position)

    return await _together(house, call, doer, decide)


async def settle_call(house: House, call: str, doer: Doer, wish: Wish) -> Settled:
    """Settle this call and the earlier open ones of its ticket; end a ticket that was nothing but calls (A-26)."""
    return await _together(house, call, doer, lambda file: _settled(house, file, doer, wish), wish.contact)


def _settled(house: House, file: File, doer: Doer, wish: Wish) -> Settled:
    case = file.case()
    by = _hand(house, case, doer)
    rule = rule_of(by.regulation)
    settling = Settling(wish.how, file.traces, topic_named(rule, wish.topic))
    settle(case, by, settling)
    whole = file.case()
    settle(whole, by, settling)
    try:
        hand = by._replace(regulation=house.regulation_of(case.ticket.regulation))
        return Settled(whole, file.position, finish(whole, hand, settling, rule.stale_reason))
    except RefusedError as error:
        return Settled(case, file.position, advice=str(error))


def _hand(house: House, case: Case, doer: Doer) -> Hand:
    """The agent, by the version that the call came under: a ticket may have been migrated to one without calls."""
    return Hand(doer.at, doer.who, house.regulation_of(case.calls[0].missed.regulation))


async def _together(
    house: House, call: str, doer: Doer, decide: Callable[[File], Settled], contact: str = ""
) -> Settled:
    """Let all streams of a call change together; start over when somebody else was first."""

    async def attempt() -> Settled:
        file = await _gathered(house, call, contact)
        if done_before(file.calls[0], doer.by):
            return _as_it_stands(file)
        await _refuse_others(house, file, doer)
        settled = decide(file)
        changed = [*settled.case.calls, settled.case.ticket, *filter(None, [settled.case.other])]
        new = numbered([decided for each in changed for decided in each.new_events()], doer.by)
        return settled._replace(position=await landed(house.log, new, doer.by)) if new else settled

    try:
        return await repeated(attempt)
    except ConflictError as error:
        raise LogUnavailableError("others change the same call all the time") from error


def _as_it_stands(file: File) -> Settled:
    case = file.case()
    return Settled(case, file.position, ended=case.ticket.standing in {Standing.closed, Standing.resolved})


async def _refuse_others(house: House, file: File, doer: Doer) -> None:
    if not doer.leads:
        case = file.case()
        holder = await house.log.pool.fetchval(HOLDER, case.ticket.ticket)
        case.calls[0].refuse_another(doer.who, holder or "")


async def _gathered(house: House, call: str, contact: str) -> File:
    history = await house.log.read(call_stream(call))
    missed = _replayed(Call, history).missed
    beside = [call_stream(each) for each in house.host.state.calls.get(missed.ticket, ()) if each != call]
    histories = [each for each in await gather(*(house.log.read(stream) for stream in beside)) if each]
    others = [(each, _replayed(Call, each)) for each in histories]
    earlier = [each for each, other in others if other.missed.called_at <= missed.called_at]
    later = any(other.missed.called_at > missed.called_at and not other.settled for _, other in others)
    traces = (await found(house.log.pool, [missed])).after(missed)
    ticket, other = ticket_stream(missed.ticket), await _other(house, contact, traces)
    theirs = await house.log.read(other) if other else []
    if contact:
        traces = traces._replace(contact=contact_in(theirs, other.removeprefix("ticket-"), missed.called_at))
    return File([history, *earlier], await house.log.read(ticket), theirs if other != ticket else [], later, traces)


async def _other(house: House, contact: str, traces: Traces) -> str:
    """The stream of the ticket where contact was made: the one that is named, else the one that was found."""
    if contact:
        return ticket_stream(await ticket_id(house.log.pool, contact))
    return ticket_stream(traces.contact.ticket) if traces.contact else ""


def _replayed(kind: type[A], history: History) -> A:
    aggregate = kind.replay(history)
    if aggregate is None:
        raise UnknownStreamError("nothing is recorded here")
    return aggregate
