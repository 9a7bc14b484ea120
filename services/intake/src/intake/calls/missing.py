"""What is recorded of a missed call beside its message, and which missed calls are open."""

from collections.abc import MutableMapping
from typing import Literal

from contracts import Event, Recorded
from contracts.intake import CallMissed, CallSettled, TicketOpened
from contracts.streams import call_stream
from eventlog.aggregate import Decided
from msgspec.structs import replace

from intake.arriving import Arrival
from intake.reading.message import Missed

OpenCalls = MutableMapping[str, list[str]]
"""Tickets with missed calls that nobody has settled, oldest first."""


def missed_call(
    arrival: Arrival, ticket: str, outcome: Literal["opened", "appended"], regulation: str
) -> list[Decided]:
    """The call that a message tells of, nothing where it tells of none; the call has the message's id."""
    call = arrival.incoming.missed
    if call is None:
        return []
    said = CallMissed(
        at=arrival.envelope.at,
        call=arrival.message,
        channel=arrival.incoming.channel,
        requester=arrival.requester,
        caller=call.caller,
        ticket=ticket,
        called_at=call.called_at,
        agent=call.agent,
        direction=call.direction,
        outcome=outcome,
        phone=call.phone,
        also=call.also,
        regulation=regulation,
    )
    return [Decided(stream=call_stream(arrival.message), version=1, event=said)]


def meant_for(said: TicketOpened, call: Missed | None) -> TicketOpened:
    """The ticket as one for whom its call was meant (R4-08)."""
    return replace(said, wanted=call.agent) if call else said


def fold_calls(calls: OpenCalls, event: Recorded[Event]) -> None:
    """A missed call is open until it is settled."""
    match event.data:
        case CallMissed(call=call, ticket=ticket):
            calls.setdefault(ticket, []).append(call)
        case CallSettled(call=call, ticket=ticket) if call in calls.get(ticket, ()):
            calls[ticket].remove(call)
            if not calls[ticket]:
                del calls[ticket]
