"""Views made live, page by page, are the views made anew, whatever happened and however it was paged (D6, I8)."""

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise

import asyncpg
import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.example import example
from eventlog.rows import Rows
from eventlog.tables import Views
from hypothesis import given, settings
from hypothesis import strategies as st
from reglament.programs import SERVICES
from testkit.servers import Database, run
from testkit.viewing import write

Log = Sequence[Recorded[Event]]
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOMENTS = st.sampled_from([NINE, NINE + timedelta(microseconds=1), NINE + timedelta(days=1)])
THINGS = st.sampled_from([f"0197f3c2-0000-7000-8000-00000000000{n}" for n in (1, 2)])
NAMED: Mapping[str, st.SearchStrategy[object]] = {
    **dict.fromkeys(("ticket", "survey", "delivery", "message", "clock", "cause"), THINGS),
    "agent": st.sampled_from(["", "anna", "boris"]),
    "section": st.sampled_from(["chat", "requests"]),
    "automatic": st.sampled_from(["", "auto-reply"]),
}
TYPED: Mapping[object, st.SearchStrategy[object]] = {
    datetime: MOMENTS,
    bool: st.booleans(),
    int: st.integers(0, 9),
}
ROWS = "select jsonb_agg(to_jsonb(row) order by to_jsonb(row))::text from {} row"


def views_of(service: str) -> Views:
    found: Views = import_module(f"{service}.views").VIEWS
    return found


@st.composite
def an_event(draw: st.DrawFn, kind: type[Event]) -> Event:
    """The example of its kind, about one of a few things, with other values where they are plain."""
    fields = msgspec.structs.fields(kind)
    drawn = {each.name: NAMED.get(each.name, TYPED.get(each.type)) for each in fields}
    return msgspec.structs.replace(example(kind), **{name: draw(how) for name, how in drawn.items() if how is not None})


@st.composite
def a_log(draw: st.DrawFn, kinds: Sequence[type[Event]]) -> Log:
    said = draw(st.lists(st.sampled_from(kinds).flatmap(an_event), max_size=30))
    return [recorded(n, event) for n, event in enumerate(said, 1)]


def recorded(position: int, event: Event) -> Recorded[Event]:
    return Recorded(
        position=position,
        id=str(position),
        stream=f"clock-{getattr(event, 'clock', '')}",
        version=position,
        recorded_at=NINE + timedelta(seconds=position),
        data=event,
        meta=Meta(regulation=f"csn@{position % 3}"),
    )


def pages(log: Log, cuts: Iterable[int]) -> list[Log]:
    places = sorted({0, len(log), *(cut % (len(log) + 1) for cut in cuts)})
    return [log[start:end] for start, end in pairwise(places)]


async def three_ways(url: str, views: Views, log: Log, cut: Sequence[Log], kept: int) -> list[Mapping[str, str]]:
    """The rows of each table: taken in live event by event, live page by page, and anew page by page."""
    connection = await asyncpg.connect(url)
    try:
        return [
            await rows_after(connection, views, live(connection, views, [[event] for event in log])),
            await rows_after(connection, views, live(connection, views, cut)),
            await rows_after(connection, views, anew(connection, views, cut, kept)),
        ]
    finally:
        await connection.close()


async def rows_after(
    connection: asyncpg.Connection, views: Views, work: Coroutine[object, object, None]
) -> Mapping[str, str]:
    undone = connection.transaction()
    await undone.start()
    await connection.execute(views.ddl + views.indexes)
    await work
    found = {table.name: await connection.fetchval(ROWS.format(table.name)) for table in views.tables}
    await undone.rollback()
    return found


async def live(connection: asyncpg.Connection, views: Views, cut: Sequence[Log]) -> None:
    for page in cut:
        await write(connection, [*views.project(page)])


async def anew(connection: asyncpg.Connection, views: Views, cut: Sequence[Log], kept: int) -> None:
    rows = Rows(empty=True, trusting=False)
    for page in cut:
        await rows.take(connection, [*views.project(page)])
        await rows.put_away(connection, kept)
    await rows.put_away(connection)


@pytest.mark.parametrize("service", SERVICES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_rows_are_the_same(module_database: Database, service: str, data: st.DataObject) -> None:
    views, url = views_of(service), module_database.url_for(service)
    log, cuts = data.draw(a_log([*views.rules])), data.draw(st.lists(st.integers(0, 30), max_size=6))

    by_event, by_page, anew = run(three_ways(url, views, log, pages(log, cuts), kept=data.draw(st.integers(0, 3))))

    assert by_event == by_page == anew


@pytest.mark.parametrize("service", SERVICES)
def test_every_rule_is_of_an_event_that_says_something(service: str) -> None:
    views = views_of(service)
    silent = [kind.__name__ for kind in views.rules if not [*views.project([recorded(1, example(kind))])]]
    assert silent == []
