"""`POST /regulations/{name}/migrations/preview`: every clock that another version would move, before it does (D2)."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from regulation.term import UnknownTermError
from regulation.timeline import WorkingTimeError
from servicekit.problems import Malformed, NotFound, fault
from servicekit.text import Text

from sla.domain.moving import Move, Side, moves
from sla.domain.rules import Rules
from sla.preview import regulation_of
from sla.state import State

BREATH = 100
"""Tickets looked at before others get their turn."""


class Wanted(BaseModel):
    """The version to move open tickets to: `"2"`, `"csn@2"`, or a whole document that is not published yet."""

    to: Text | dict[str, Any]  # Any: checked by the regulation's own reader


class Page(BaseModel):
    """Where to read on, and how many tickets."""

    after: str = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class Promised(BaseModel):
    """A clock's promise on one side of the move; `due_at` is null while it waits for the requester."""

    plan: str
    target: str
    target_seconds: int
    due_at: datetime | None


class ClockMove(BaseModel):
    """One clock; `missed` when its new deadline has passed already, so that the migration would miss it at once.

    `id` is empty for a clock that would be `started`: the migration's event will name it.
    """

    ticket: str
    clock: str
    id: str
    outcome: Literal["moved", "started", "cancelled"]
    old: Promised | None
    new: Promised | None
    missed: bool


class Stuck(BaseModel):
    """A ticket that cannot be moved, and why."""

    ticket: str
    reason: str


class Totals(BaseModel):
    """How many there are in all: tickets that would be moved or cannot be, and what becomes of their clocks."""

    tickets: int
    stuck: int
    moved: int
    unchanged: int
    started: int
    cancelled: int
    missed: int


class Migration(BaseModel):
    """A page of what would be done to clocks, by ticket; `next` reads on."""

    regulation: str
    to: str
    as_of: datetime
    totals: Totals
    clocks: list[ClockMove]
    stuck: list[Stuck]
    next: str | None


def version(name: str, wanted: Wanted, state: State) -> Rules:
    """The version meant; NotFound for a regulation never published, Malformed for a version that is unknown."""
    if name not in state.latest:
        raise NotFound("No regulation of this name is published: look it up in the list.")
    own = {key: rules for key, rules in state.rules.items() if rules.regulation.name == name}
    if isinstance(wanted.to, dict):
        return _written_out(name, wanted.to)
    found = own.get(wanted.to) or own.get(f"{name}@{wanted.to}")
    if found is None:
        detail = f"There is no such version of {name}: write one of {', '.join(own)}."
        raise Malformed(detail, [fault(("body", "to"), detail)])
    return found


def _written_out(name: str, document: dict[str, Any]) -> Rules:  # Any: as in Wanted
    regulation = regulation_of(document, {})
    if regulation.name != name:
        raise Malformed(f"This document is named {regulation.name}: write a version of {name}.")
    return Rules(regulation)


async def migration(name: str, to: Rules, state: State, at: datetime, page: Page) -> Migration:
    """The page of up to so many tickets after the one named, and the totals of all of them."""
    counts: Counter[str] = Counter()
    shown: list[ClockMove] = []
    stuck: list[Stuck] = []
    seen: list[str] = []
    names = sorted(each for each, ticket in state.tickets.items() if _concerned(ticket.regulation, name, to))
    for place, ticket in enumerate(names):
        if place % BREATH == 0:
            await asyncio.sleep(0)
        found = _moves(ticket, to, state, at)
        _count(counts, found)
        if not found or ticket <= page.after or len(seen) >= page.limit:
            continue
        seen.append(ticket)
        stuck += [found] if isinstance(found, Stuck) else []
        shown += _rows(ticket, found) if isinstance(found, list) else []
    more = seen[-1] if len(seen) == page.limit else None
    return Migration(
        regulation=name,
        to=to.key,
        as_of=at,
        totals=Totals(**{field: counts[field] for field in Totals.model_fields}),
        clocks=shown,
        stuck=stuck,
        next=more,
    )


def _concerned(regulation: str, name: str, to: Rules) -> bool:
    return regulation != to.key and regulation.partition("@")[0] == name


def _moves(ticket: str, to: Rules, state: State, at: datetime) -> list[Move] | Stuck | None:
    """What becomes of its clocks; None for a ticket that has none to move and gets none."""
    found = state.tickets.get(ticket)
    try:
        return moves(ticket, found, to, state.rules, at) or None if found else None
    except (UnknownTermError, WorkingTimeError, KeyError) as error:
        return Stuck(ticket=ticket, reason=str(error))


def _count(counts: Counter[str], found: list[Move] | Stuck | None) -> None:
    counts["tickets"] += found is not None
    counts["stuck"] += isinstance(found, Stuck)
    for move in found if isinstance(found, list) else ():
        counts[move.outcome] += 1
        counts["missed"] += move.missed


def _rows(ticket: str, found: list[Move]) -> Iterator[ClockMove]:
    for move in found:
        if move.outcome != "unchanged":
            yield ClockMove(
                ticket=ticket,
                clock=move.name,
                id="" if move.outcome == "started" else move.clock,
                outcome=move.outcome,
                old=_promised(move.old),
                new=_promised(move.new),
                missed=move.missed,
            )


def _promised(side: Side | None) -> Promised | None:
    if side is None:
        return None
    return Promised(plan=side.plan, target=side.written, target_seconds=side.target, due_at=side.due)
