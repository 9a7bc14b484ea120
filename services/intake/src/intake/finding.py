"""Tickets found in the view: pages of a list, an id behind a number."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import asyncpg
from pydantic import BaseModel, Field
from servicekit.problems import NotFound
from servicekit.text import Text

from intake.numbers import PREFIX
from intake.reaching import store_awaited

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBERS = re.compile(rf"(?:{PREFIX})?([0-9]{{1,18}})", re.IGNORECASE)
Term = Annotated[Text | None, Field(default=None, max_length=255)]


class Wanted(BaseModel, extra="forbid"):
    """Which tickets a list shows; `q` is a ticket's number or its beginning.

    One that was merged shows by its number, or where `merged_into` asks for those of a ticket.
    """

    stage: Term
    channel: Term
    category: Term
    agent: Term
    requester: Term
    standing: Annotated[Literal["open", "resolved", "closed"] | None, Field(default=None)]
    reacted: Annotated[bool | None, Field(default=None, description="Solved, and the requester wrote again (A-11).")]
    exclusion: Term
    merged_into: Term
    q: Annotated[str | None, Field(default=None, pattern=r"^(?i:TIC-)?[0-9]{0,18}$")]
    cursor: Annotated[int | None, Field(default=None, ge=1, lt=2**63)]
    limit: Annotated[int, Field(default=50, ge=1, le=200)]


COLUMNS = (
    "stage", "channel", "category", "agent", "requester", "standing", "reacted", "exclusion", "merged_into",
)  # fmt: skip


async def listed(pool: asyncpg.Pool, wanted: Wanted) -> list[asyncpg.Record]:
    """One row more than wanted, where there are more."""
    conditions, values = _conditions(wanted)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    # Only names from COLUMNS and placeholders are put together here, never what a caller sent.
    sql = f"select * from tickets {where} order by position desc limit {wanted.limit + 1}"  # noqa: S608
    with store_awaited():
        return await pool.fetch(sql, *values)


async def ticket_id(pool: asyncpg.Pool, name: str) -> str:
    """The id of a ticket named by id or number; NotFound for anything else."""
    if UUIDS.fullmatch(name.lower()):
        return name.lower()
    number = NUMBERS.fullmatch(name)
    with store_awaited():
        found = number and await pool.fetchval("select id from tickets where number = $1", f"{PREFIX}{number[1]}")
    if not found:
        raise NotFound("No ticket has this id or number: look it up in the list.")
    return str(found)


class Tie(NamedTuple):
    """A ticket that leads to another one, and how."""

    ticket: str
    number: str
    relation: str


async def leading_to(pool: asyncpg.Pool, ticket: str) -> list[Tie]:
    """The tickets that lead to this one, the first link first."""
    with store_awaited():
        return [Tie(*row) for row in await pool.fetch(LEADING, ticket)]


async def open_incidents(pool: asyncpg.Pool, problem: str) -> list[Tie]:
    """The open tickets that lead to this one as their problem."""
    with store_awaited():
        return [Tie(*row) for row in await pool.fetch(INCIDENTS, problem)]


async def numbers_of(pool: asyncpg.Pool, tickets: Sequence[str]) -> dict[str, str]:
    """The numbers of these tickets, as far as the list has them."""
    if not tickets:
        return {}
    with store_awaited():
        rows = await pool.fetch("select id, number from tickets where id = any($1::text[])", tickets)
    return {row["id"]: row["number"] for row in rows}


LEADING = """
    select ticket, number, relation from links join tickets on id = ticket where target = $1 order by links.position
"""
INCIDENTS = """
    select ticket, number, relation from links join tickets on id = ticket
    where target = $1 and relation = 'problem' and standing = 'open' and merged_into = '' order by links.position
"""


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    for column in COLUMNS:
        if (value := getattr(wanted, column)) is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    if wanted.q:
        values.append(f"{PREFIX}{wanted.q.upper().removeprefix(PREFIX)}%")
        conditions.append(f"number like ${len(values)}")
    if not wanted.q and wanted.merged_into is None:
        conditions.append("merged_into = ''")
    if wanted.cursor is not None:
        values.append(wanted.cursor)
        conditions.append(f"position < ${len(values)}")
    return conditions, values
