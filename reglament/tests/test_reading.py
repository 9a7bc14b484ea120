"""`reglament log` and `reglament verify` against a real log."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import pytest
from contracts import Meta
from contracts.example import INSIDE as TICKET
from contracts.example import example
from contracts.intake import TicketClosed, TicketOpened
from contracts.streams import derived_id, ticket_stream
from eventlog.postgres import PostgresLog, connect
from eventlog.sealer import seal_settled
from eventlog.store import NEXT, New
from eventlog.vault import Vault
from reglament.cli import app
from testkit.servers import Database
from typer.testing import CliRunner

Run = Callable[..., Any]


async def nobody(_: object) -> None:
    """Nobody listens."""


async def fill(database: Database, events: int) -> None:
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(b64encode(b"m" * 32).decode()), nobody)
    opened, closed = example(TicketOpened), example(TicketClosed)
    said = [opened, *[closed] * (events - 1)]
    new = [
        New(id=derived_id(TICKET, "n", n), stream=ticket_stream(TICKET), version=NEXT, event=event, meta=Meta())
        for n, event in enumerate(said)
    ]
    await log.append(new, frozenset({opened.requester}))
    await seal_settled(pool)
    await log.close()
    await pool.close()


async def as_superuser(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("set session_replication_role = replica")
    await connection.execute(statement)
    await connection.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.fixture
def reglament(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("REGLAMENT_OPS_URL", database.url_for("ops"))
    run(fill(database, 5))
    return lambda *words: CliRunner().invoke(app, words)


def test_the_log_is_shown_event_by_event_with_personal_texts_closed(reglament: Run) -> None:
    shown = reglament("log")

    assert shown.exit_code == 0
    assert "ticket.opened.v1" in shown.output
    assert "subject=•••" in shown.output
    assert shown.output.count("ticket.closed.v1") == 4


def test_the_log_can_be_narrowed_to_one_type(reglament: Run) -> None:
    assert "ticket.opened" not in reglament("log", "--type", "ticket.closed").output


def test_the_log_is_given_to_programs_as_it_is_stored(reglament: Run) -> None:
    lines = reglament("log", "--json", "--after", "0").output.splitlines()

    assert len(lines) == 5
    assert all(line.startswith('{"position":') for line in lines)


def test_a_log_as_it_was_written_verifies(reglament: Run) -> None:
    result = reglament("verify")

    assert result.exit_code == 0, result.output
    assert "as it was written" in result.output


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update log.events set data = replace(data::text, 'closed', 'clozed')::json where position = 3", "position 3"),
        ("delete from log.events where position = 4", "position 4"),
        ("update log.events set recorded_at = recorded_at - interval '1 day' where position = 2", "position 2"),
    ],
)
def test_the_first_event_that_somebody_altered_is_named(
    reglament: Run, database: Database, statement: str, found: str
) -> None:
    run(as_superuser(database.owner_url, statement))

    result = reglament("verify")

    assert result.exit_code == 1
    assert found in result.output


def test_a_log_that_cannot_be_reached_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGLAMENT_OPS_URL", "postgresql://reglament_ops:x@127.0.0.1:1/reglament")

    result = CliRunner().invoke(app, ["verify"])

    assert result.exit_code == 3
    assert "make up" in result.output


@pytest.mark.parametrize("command", ["log", "verify"])
def test_a_database_of_another_installation_is_not_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("REGLAMENT_OPS_URL", database.url_for("ops").replace(database.passwords["ops"], "another"))
    shown = CliRunner().invoke(app, [command])
    assert (shown.exit_code, "make up" in shown.output) == (3, True)
