"""Rows follow statements as a dictionary would, however they are paged and however few are kept in memory (I8)."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest
from eventlog.rebuilding import Filling
from eventlog.rows import BegunBeforeError, Rows
from eventlog.tables import Statement, Table
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from testkit.servers import Database, run
from testkit.viewing import write

DDL = """
    create temp table things (
        shelf text, place timestamptz, label text not null, "count" int not null, notes text[], others text default '',
        primary key (shelf, place)
    );
    create temp table marks (shelf text, place timestamptz, label text not null, primary key (shelf, place));
"""
NINE, LATER = datetime(2026, 11, 23, 9, 0, 0, 1, UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Thing(msgspec.Struct, frozen=True):
    shelf: str
    place: datetime
    label: str
    count: int = 0
    notes: tuple[str, ...] | None = None


class Mark(msgspec.Struct, frozen=True):
    shelf: str
    place: datetime
    label: str


THINGS, MARKS = Table("things", Thing, "shelf", "place"), Table("marks", Mark, "shelf", "place")
KEYS = st.tuples(st.sampled_from(["a", 'quoted "b", {c}']), st.sampled_from([NINE, LATER]))


def counted(thing: Thing) -> Thing:
    return replace(thing, count=thing.count + 1)


def said(how: str, key: tuple[str, datetime], label: str) -> Statement:
    match how:
        case "begin":
            return THINGS.begin(Thing(*key, label))
        case "set":
            return THINGS.set(key, label=label, notes=(label, ""))
        case "change":
            return THINGS.change(key, counted)
        case "fold":
            return THINGS.fold(key, lambda was: counted(was) if was else Thing(*key, label, 10))
        case "mark":
            return MARKS.begin(Mark(*key, label))
        case _:
            return (MARKS if label else THINGS).end(key)


HOWS = st.sampled_from(["begin", "set", "change", "fold", "mark", "end"])
PAGES = st.lists(st.lists(st.builds(said, HOWS, KEYS, st.sampled_from(["", "имя"])), max_size=6), max_size=8)


def remembered(pages: Sequence[Sequence[Statement]]) -> set[msgspec.Struct]:
    """The rows if they were but entries of a dictionary."""
    rows: dict[tuple[object, object], msgspec.Struct | None] = {}
    for each in (statement for page in pages for statement in page):
        rows[each.table, each.key] = each.do(rows.get((each.table, each.key)))
    return {row for row in rows.values() if row}


class Wire:
    """A connection that writes down what is asked of it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.asked: list[str] = []

    async def fetchrow(self, query: str, *args: object) -> asyncpg.Record | None:
        self.asked.append(query)
        return await self._connection.fetchrow(query, *args)


async def stored(connection: asyncpg.Connection) -> set[msgspec.Struct]:
    things = await connection.fetch('select shelf, place, label, "count", notes from things')
    marks = await connection.fetch("select * from marks")
    return {*msgspec.convert([dict(row) for row in things], list[Thing]), *(Mark(*row) for row in marks)}


async def live(url: str, pages: Sequence[Sequence[Statement]], kept: int) -> set[msgspec.Struct]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(DDL)
        rows = Rows()
        for page in pages:
            rows = await written(connection, rows, page, kept)
        return await stored(connection)
    finally:
        await connection.close()


async def written(connection: asyncpg.Connection, rows: Rows, page: Sequence[Statement], kept: int) -> Rows:
    """As the scribe does it: what was not new after all is looked up in another transaction."""
    try:
        async with connection.transaction():
            await rows.take(connection, page)
            await rows.write(connection, kept)
    except BegunBeforeError:
        await write(connection, page)
        return Rows()
    return rows


async def anew(url: str, pages: Sequence[Sequence[Statement]], kept: int) -> set[msgspec.Struct]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(DDL)
        filling = Filling(connection, Rows(empty=True, trusting=False), kept, more=1)
        for page in pages:
            await filling.take(page)
        await filling.finish()
        return await stored(connection)
    finally:
        await connection.close()


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    made = await asyncpg.connect(database.owner_url)
    await made.execute(DDL)
    yield made
    await made.close()


@settings(max_examples=50, deadline=None)
@given(pages=PAGES, kept=st.integers(0, 3))
def test_live_and_anew_are_what_a_dictionary_would_hold(
    module_database: Database, pages: list[list[Statement]], kept: int
) -> None:
    url = module_database.owner_url
    assert run(live(url, pages, kept)) == run(anew(url, pages, kept)) == remembered(pages)


async def test_what_begins_is_written_without_a_question_and_what_is_in_memory_too(
    connection: asyncpg.Connection,
) -> None:
    wire, rows = Wire(connection), Rows()
    for how in ("begin", "set", "mark"):
        await rows.take(wire, [said(how, (f"{n}", NINE), "имя") for n in range(50)])
        await rows.write(wire, kept=50)
    assert [query.split()[0] for query in wire.asked] == ["with", "with", "with"]
    assert await connection.fetchval("select count(*) from marks") == 50


async def test_a_page_costs_two_questions_however_much_it_says(connection: asyncpg.Connection) -> None:
    wire, hows = Wire(connection), ("fold", "set", "mark", "change")
    await write(wire, [said(how, (f"{n}", NINE), "имя") for n in range(60) for how in hows])
    assert len(wire.asked) == 2


async def test_what_was_not_new_after_all_is_said_so(connection: asyncpg.Connection) -> None:
    await write(connection, [said("begin", ("a", NINE), "")])
    rows = Rows()
    await rows.take(connection, [said("begin", ("a", NINE), "another")])
    with pytest.raises(BegunBeforeError):
        await rows.write(connection, kept=0)


async def test_what_begins_and_ends_between_two_writings_never_reaches_the_store(
    connection: asyncpg.Connection,
) -> None:
    wire = Wire(connection)
    rows, key = Rows(empty=True), ("a", NINE)
    await rows.take(wire, [said("begin", key, "x"), said("change", key, ""), said("end", key, "")])
    await rows.put_away(wire)
    assert wire.asked == []


async def test_a_row_that_stays_as_it_is_and_the_columns_of_others_are_left_alone(
    connection: asyncpg.Connection,
) -> None:
    await write(connection, [said("begin", ("a", NINE), "")])
    await connection.execute("update things set others = 'ours'")
    wire = Wire(connection)
    await write(wire, [said("begin", ("a", NINE), "another")])
    assert len(wire.asked) == 1
    await write(wire, [said("change", ("a", NINE), "")])
    assert tuple(await connection.fetchrow("select others, count from things") or ()) == ("ours", 1)


async def test_no_more_rows_are_kept_than_are_allowed(connection: asyncpg.Connection) -> None:
    rows = Rows(empty=True)
    await rows.take(connection, [said("begin", (f"{n}", NINE), "") for n in range(5_000)])
    await rows.put_away(connection, kept=10)
    assert await connection.fetchval("select count(*) from things") == 4_990
