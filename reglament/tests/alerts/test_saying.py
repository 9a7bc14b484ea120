"""What goes out and what does not, and what a person who asks for the impossible is told."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contracts.notify import DeliveryFailed
from contracts.routing import NobodyOnline
from contracts.sla import DeadlineBreached
from hypothesis import given
from hypothesis import strategies as st
from reglament.alerts.alert import alert_of, body_of
from reglament.alerts.bookmark import Bookmark, TakenError, bookmark_in
from reglament.alerts.kinds import subjects
from reglament.alerts.line import line_of
from reglament.alerts.signing import headers_of, key_of
from reglament.alerts.webhook import back_off
from standardwebhooks import Webhook
from testkit.streams import NINE, opened, recorded, registered

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_names_addresses_and_texts_stay_inside() -> None:
    [person] = recorded("requester-r1", registered("r1", "anna"))
    [ticket] = recorded("ticket-t1", opened("t1", requester="r1", text="Не открывается сайт"))
    closed = recorded("ticket-t2", opened("t2", text="~kZ3"))[0]
    said = b"".join(body_of(alert_of(each)) for each in (person, ticket, closed)).decode()
    assert "t1" in said
    assert not any(word in said for word in ("anna", "example.ru", "сайт", "~"))


def test_an_alert_is_a_cloud_event() -> None:
    [event] = recorded("assignment-t1", NobodyOnline(at=NINE, ticket="t1", group="first"), after=6)
    assert json.loads(body_of(alert_of(event))) == {
        "specversion": "1.0", "id": event.id, "source": "/reglament/log", "type": "assignment.nobody-online.v1",
        "time": "2026-11-23T09:00:00Z", "subject": "t1", "datacontenttype": "application/json", "sequence": "7",
        "data": {"at": "2026-11-23T09:00:00Z", "ticket": "t1", "group": "first"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            DeadlineBreached(at=NINE, clock="c1", ticket="t1", name="react", due_at=NINE, late=7),
            "23.11 09:00:00 UTC  Deadline missed  ticket t1  clock c1  name react  due 2026-11-23T09:00:00Z  late 7 s",
        ),
        (
            DeliveryFailed(at=NINE, delivery="d1", ticket="t1", reason="the recipient was refused: 550"),
            "23.11 09:00:00 UTC  Delivery failed  ticket t1  delivery d1  reason the recipient was refused: 550",
        ),
    ],
)
def test_a_line_says_when_what_and_which_ticket(event: DeadlineBreached | DeliveryFailed, line: str) -> None:
    assert line_of(alert_of(recorded("clock-c1", event)[0])).plain == line


def test_a_kind_is_followed_in_every_version() -> None:
    assert subjects(["clock.breached.v1", "clock.breached", "ticket.opened"]) == [
        "log.clock.breached.*",
        "log.ticket.opened.*",
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.text("abc-019", min_size=1, max_size=40))
def test_receivers_find_the_signature_right(body: str, name: str) -> None:
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    signed = headers_of(name, int(moment.timestamp()), body.encode(), key_of(SECRET))["webhook-signature"]
    assert signed == Webhook(SECRET).sign(name, moment, body)


def test_attempts_grow_apart_up_to_five_minutes() -> None:
    assert [back_off(n) for n in (1, 2, 3, 9, 10, 5_000)] == [1, 2, 4, 256, 300, 300]


def test_a_bookmark_knows_after_a_crash_what_was_open(tmp_path: Path) -> None:
    mark = Bookmark(tmp_path / "mark.json")
    mark.begin(5)
    assert [mark.take(n) for n in (7, 9, 7)] == [True, True, False]
    mark.finish(9)
    again = Bookmark(tmp_path / "mark.json")
    assert [n for n in range(4, 12) if not again.is_done(n)] == [7, 10, 11]
    assert again.take(7)


def test_two_processes_cannot_share_a_bookmark(tmp_path: Path) -> None:
    with bookmark_in(tmp_path / "mark.json"), pytest.raises(TakenError), bookmark_in(tmp_path / "mark.json"):
        pass


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--kind", "clock.breeched"], "did you mean clock.breached"),
        (["--webhook", "ops.example"], "--webhook"),
        (["--webhook", "https://ops.example", "--secret", "whsec_?"], "The secret must be"),
        (["--name", "a.b"], "--name"),
        ([], "Nothing was ever started"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_starts(words: list[str], told: str, environment) -> None:  # noqa: ANN001  # conftest.py's
    program = [sys.executable, "-m", "reglament", "alerts", *words]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert told in done.stderr
