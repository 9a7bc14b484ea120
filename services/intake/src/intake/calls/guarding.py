"""A ticket with a missed call that nobody has settled is not ended (R4-02: never closed silently)."""

from contracts.streams import call_stream
from fastapi import Depends
from servicekit.problems import Refused

from intake.domain.call import Call
from intake.finding import ticket_id
from intake.house import House, Housed


async def refuse_unsettled(house: House, ticket: str) -> None:
    """Raise Refused, naming the call, while one of this ticket's missed calls is open; `ticket` is its id."""
    for call in tuple(house.host.state.calls.get(ticket, ())):
        # The state may be a moment behind a settlement, the call's own stream is not.
        found = Call.replay(await house.log.read(call_stream(call)))
        if found is not None and not found.settled:
            raise Refused(
                f"The call missed at {found.missed.called_at:%Y-%m-%d %H:%M} UTC is open: call back or write, then say "
                f"so with POST /calls/{call}/settle.",
                "call-open",
            )


async def calls_settled(ticket: str, house: Housed) -> None:
    """A door that ends a ticket: its missed calls come first."""
    if house.host.state.calls:
        await refuse_unsettled(house, await ticket_id(house.log.pool, ticket))


CallsSettled = Depends(calls_settled)
