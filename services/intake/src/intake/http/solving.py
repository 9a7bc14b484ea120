"""A solution that is given twice: in the same words it stays as it is, in other words it is refused."""

from contracts.intake import TicketResolved
from contracts.streams import ticket_stream
from servicekit.positions import stamp
from servicekit.problems import Refused

from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from intake.http.commands import Solving
from intake.http.desk import Desk


async def solved(desk: Desk, said: Solving) -> Ticket:
    """The ticket with this solution, whoever gave it: a second click says nothing, nor does `incidents` afterwards."""
    try:
        return await desk.change(said, lambda ticket, by: ticket.resolve(by, said.text))
    except Refused as error:
        if error.members["reason"] != Standing.resolved:
            raise
        ticket = await _solved_so(desk, said.text)
        if ticket is None:
            raise
        return ticket


async def _solved_so(desk: Desk, text: str) -> Ticket | None:
    """The ticket, if what its requester has for a solution are these words."""
    log = desk.house.log
    history = await log.read(ticket_stream(await desk.id()))
    last = [each for each in history if isinstance(each.data, TicketResolved)][-1:]
    for each in await log.opened(last):
        assert isinstance(each.data, TicketResolved)
        if each.data.text == text:
            stamp(desk.response, history[-1].position)
            return Ticket.replay(history)
    return None
