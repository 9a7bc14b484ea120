"""`reglament log` and `reglament verify` against a real log."""

import asyncio
import json
import subprocess
import sys
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
from msgspec.structs import replace
from reglament.cli import app
from testkit.servers import Database
from testkit.streams import closed, new, opened
from typer.testing import CliRunner

Run = Callable[..., Any]


async def nobody(_: object) -> None:
    """Nobody listens."""


async def fill(database: Database, events: int) -> None:
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(b64encode(b"m" * 32).decode()), nobody)
    first, last = example(TicketOpened), example(TicketClosed)
    said = [first, *[last] * (events - 1)]
    added = [
        New(id=derived_id(TICKET, "n", n), stream=ticket_stream(TICKET), version=NEXT, event=event, meta=Meta())
        for n, event in enumerate(said)
    ]
    await log.append(added, frozenset({first.requester}))
    await seal_settled(pool)
    await log.close()
    await pool.close()


async def crowd(database: Database) -> None:
    """A ticket of long ago, and many events since; nothing is sealed."""
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(b64encode(b"m" * 32).decode()), nobody)
    for ticket, number, events in (("old", "TIC-8", 3), ("new", "TIC-88", 60)):
        said = [replace(opened(ticket), number=number), *[closed(ticket)] * (events - 1)]
        await log.append([new(ticket_stream(ticket), n, event) for n, event in enumerate(said, 1)])
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


@pytest.fixture
def crowded(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("REGLAMENT_OPS_URL", database.url_for("ops"))
    run(crowd(database))
    return lambda *words: CliRunner().invoke(app, words)


@pytest.mark.parametrize("ticket", ["old", "TIC-8", "tic-8"])
def test_the_story_of_an_old_ticket_is_shown_whole_by_id_and_by_number(crowded: Run, ticket: str) -> None:
    shown = crowded("log", "--ticket", ticket)
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["1", "2", "3"]


def test_old_events_of_a_type_are_shown(crowded: Run) -> None:
    assert crowded("log", "--type", "ticket.opened").stdout.count("ticket.opened.v1") == 2


@pytest.mark.parametrize("words", [("--ticket", "TIC-9"), ("--type", "clock"), ("--ticket", "old", "--after", "-5")])
def test_where_nothing_matches_that_is_said(crowded: Run, words: tuple[str, ...]) -> None:
    shown = crowded("log", *words)
    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "", "No such events.\n")


@pytest.mark.parametrize(("span", "most"), [(2, 500), (7, 3), (1, 1), (500, 1)])
def test_a_long_log_is_looked_through_piece_by_piece_and_nothing_left_out(
    crowded: Run, monkeypatch: pytest.MonkeyPatch, span: int, most: int
) -> None:
    whole = crowded("log", "--type", "ticket.c").stdout
    monkeypatch.setattr("reglament.finding.SPAN", span)
    monkeypatch.setattr("reglament.finding.MOST", most)
    assert crowded("log", "--type", "ticket.c").stdout == whole
    assert whole.count("ticket.closed.v1") == 61


async def close_again(database: Database) -> None:
    pool = await connect(database.url_for("intake"))
    log = PostgresLog(pool, Vault(b64encode(b"m" * 32).decode()), nobody)
    await log.append([new(ticket_stream("old"), NEXT, closed("old"))])
    await log.close()
    await pool.close()


def test_what_happens_next_to_a_ticket_is_shown_where_the_log_is_followed(crowded: Run, database: Database) -> None:
    words = [sys.executable, "-m", "reglament", "log", "--follow", "--json", "--ticket", "old"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout
        before = [json.loads(follower.stdout.readline())["position"] for _ in range(3)]
        run(close_again(database))
        after = json.loads(follower.stdout.readline())["position"]
        follower.kill()
    assert (before, after) == ([1, 2, 3], 64)


def test_times_of_the_log_name_their_zone(crowded: Run) -> None:
    assert all(" UTC  ticket." in line for line in crowded("log").stdout.splitlines())


def test_a_log_in_which_nothing_is_sealed_was_not_checked(crowded: Run) -> None:
    result = crowded("verify")
    assert result.exit_code == 0
    assert "Nothing was checked: 63 events not sealed yet" in result.stdout
    assert "as it was written" not in result.stdout


def test_the_log_is_given_to_programs_as_it_is_stored(reglament: Run) -> None:
    lines = reglament("log", "--json", "--after", "0").output.splitlines()

    assert len(lines) == 5
    assert all(line.startswith('{"position":') for line in lines)


def test_a_log_as_it_was_written_verifies(reglament: Run) -> None:
    result = reglament("verify")

    assert result.exit_code == 0, result.output
    assert "as it was written" in result.output
    assert "1 seal over 5 events checked" in result.output


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


WRONG = (
    "nonsense", "http://127.0.0.1:1/x", "postgresql://u:hush@127.0.0.1:99999/x", "postgresql://u:hu/sh@127.0.0.1/x",
    "postgresql://u:hush@[::1/x", "postgresql://u:hush@nowhere.invalid/x", "postgresql://u:hush@127.0.0.1:1/x",
)  # fmt: skip


@pytest.mark.parametrize("command", ["log", "verify"])
@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_leads_nowhere_is_one_line_and_no_alarm(
    monkeypatch: pytest.MonkeyPatch, command: str, url: str
) -> None:
    monkeypatch.setenv("REGLAMENT_OPS_URL", url)
    shown = CliRunner().invoke(app, [command])
    assert (shown.exit_code, len(shown.stderr.splitlines()), "REGLAMENT_OPS_URL" in shown.stderr) == (3, 1, True)
    assert "hu" not in shown.stderr


@pytest.mark.parametrize("command", ["log", "verify"])
@pytest.mark.parametrize(("name", "told"), [("postgres", "holds no log"), ("nowhere", "does not exist")])
def test_a_database_without_a_log_is_no_altered_log(
    database: Database, monkeypatch: pytest.MonkeyPatch, command: str, name: str, told: str
) -> None:
    monkeypatch.setenv("REGLAMENT_OPS_URL", database.url_for("ops").replace(database.name, name))
    shown = CliRunner().invoke(app, [command])
    assert (shown.exit_code, len(shown.stderr.splitlines()), told in shown.stderr) == (3, 1, True)


def test_seals_that_may_not_be_read_are_no_altered_log(reglament: Run, database: Database) -> None:
    run(as_superuser(database.owner_url, "revoke select on log.seals from reglament_ops"))
    result = reglament("verify")
    assert (result.exit_code, "permission denied for table seals" in result.stderr) == (3, True)


@pytest.mark.parametrize("command", ["log", "verify"])
def test_a_database_of_another_installation_is_not_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("REGLAMENT_OPS_URL", database.url_for("ops").replace(database.passwords["ops"], "another"))
    shown = CliRunner().invoke(app, [command])
    assert (shown.exit_code, "make up" in shown.output) == (3, True)
