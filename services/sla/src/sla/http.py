"""The doors of the sla service: what is promised and why, what is urgent, and what would be."""

from typing import Annotated, Literal

from contracts.streams import clock_stream, ticket_stream
from fastapi import APIRouter, Depends, Query
from servicekit.auth import Role, requires
from servicekit.clock import Now
from servicekit.hosting import Hosted
from servicekit.positions import CaughtUp
from servicekit.problems import NotFound

from sla.answers import ClockAnswer, from_row, measured
from sla.attribution import Shares, shares
from sla.board import Board, board
from sla.explanation import Explained, explain
from sla.migration import Migration, Page, Wanted, migration, version
from sla.preview import Preview, Previewed, preview
from sla.state import State
from sla.working_time import Due, Worked, WorkingTime, working_time

OF_TICKET = "select * from clocks where ticket = $1 order by started_at, name"
CLOCK = "select clock from clocks where ticket = $1 and (clock = $2 or name = $2) order by started_at desc limit 1"

readers = Depends(requires(Role.agent, Role.lead, Role.ops, Role.analyst))
deciders = Depends(requires(Role.lead, Role.ops, Role.analyst))
router = APIRouter(tags=["deadlines"], dependencies=[readers])


async def state_of(host: Hosted) -> State:
    """The follower's state; 503 until it has been rebuilt."""
    state = host.state
    assert isinstance(state, State)
    return state


Remembered = Annotated[State, Depends(state_of)]


@router.get("/tickets/{ticket}/clocks", dependencies=[CaughtUp])
async def clocks(ticket: str, host: Hosted, state: Remembered, now: Now) -> list[ClockAnswer]:
    """Every clock of a ticket, with what is spent of it as of now."""
    rows = await host.log.pool.fetch(OF_TICKET, ticket)
    answers = [from_row(dict(row), state.rules[row["regulation"]]) for row in rows]
    if not answers and ticket not in state.tickets:
        raise NotFound("No ticket has this id: look it up in the list.")
    remembered = state.tickets.get(ticket)
    spent = {each.id: measured(each, state.rules[each.rules], now) for each in remembered.clocks} if remembered else {}
    return [each.model_copy(update=spent.get(each.id, {})) for each in answers]


@router.get("/tickets/{ticket}/clocks/{clock}/explain", dependencies=[CaughtUp])
async def why(ticket: str, clock: str, host: Hosted, state: Remembered, now: Now) -> Explained:
    """Why a clock's deadline is where it is; `clock` is its id, or its name for the latest of that name."""
    found = await host.log.pool.fetchval(CLOCK, ticket, clock)
    if found is None:
        raise NotFound("This ticket has no such clock: look it up among its clocks.")
    said, events = await host.log.read(clock_stream(found)), await host.log.read(ticket_stream(ticket))
    return explain(said, events, state.rules, now)


@router.get("/tickets/{ticket}/attribution")
async def whose(ticket: str, host: Hosted, state: Remembered, now: Now) -> Shares:
    """Whose every second of the ticket was, from its opening to its closing or to now (D9)."""
    return shares(ticket, await host.log.read(ticket_stream(ticket)), state.rules_for, now)


@router.get("/board", dependencies=[CaughtUp])
async def urgent(
    host: Hosted,
    state: Remembered,
    only: Literal["open", "at_risk", "breached"] = "open",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Board:
    """Open clocks, the most urgent first; those that wait for the requester come last."""
    return await board(host.log.pool, state, only, after, limit)


@router.post("/working-time")
def span(asked: WorkingTime, state: Remembered, now: Now) -> Due | Worked:
    """When so much work is done, or how much was worked, in a calendar."""
    return working_time(asked, state.in_force(now).values())


@router.post("/preview")
def would_be(asked: Preview, state: Remembered, now: Now) -> Previewed:
    """The clocks of a hypothetical ticket and timeline, decided by the code that decides for real ones."""
    return preview(asked, state.in_force(now) | {key: rules.regulation for key, rules in state.rules.items()})


@router.post("/regulations/{name}/migrations/preview", dependencies=[deciders])
async def would_move(
    name: str, asked: Wanted, state: Remembered, now: Now, page: Annotated[Page, Query()]
) -> Migration:
    """Every clock that moving open tickets to another version would move, `limit` tickets a page; nothing is moved."""
    return await migration(name, version(name, asked, state), state, now, page)
