"""The incidents of a mass problem: found by their links, solved with it, each for its own requester (R0-08, A-23)."""

from typing import Literal

from servicekit.problems import Refused

from intake.calls.guarding import refuse_unsettled
from intake.domain.hand import Hand
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from intake.finding import Tie, open_incidents
from intake.http.commands import Incident, Solving
from intake.http.desk import Desk
from intake.publishing import current


async def incidents(desk: Desk, problem: Ticket, said: Solving) -> list[Incident]:
    """The problem's open incidents, solved by the same text where that was asked for; a refused one stays open."""
    category = desk.house.regulation_of(problem.regulation).find_category(problem.category)
    if category is None or not category.links:
        return []
    await current(desk.house.host)
    found = await open_incidents(desk.house.log.pool, problem.ticket)
    if not said.incidents or problem.standing is not Standing.resolved:
        return [Incident(ticket=each.ticket, number=each.number, outcome="open") for each in found]
    return [await _solved(desk._replace(ticket=each.ticket), each, said) for each in found]


async def _solved(desk: Desk, incident: Tie, said: Solving) -> Incident:
    def resolve(ticket: Ticket, by: Hand) -> None:
        if ticket.standing is Standing.open:
            ticket.resolve(by, said.text)

    try:
        await refuse_unsettled(desk.house, incident.ticket)
        ticket = await desk.change(said, resolve)
    except Refused as error:
        return Incident(ticket=incident.ticket, number=incident.number, outcome="refused", detail=error.detail)
    # By a repeated command it is as it has become since.
    outcome: Literal["open", "resolved"] = "open" if ticket.standing is Standing.open else "resolved"
    return Incident(ticket=incident.ticket, number=incident.number, outcome=outcome)
