"""What an exchange's adapter sends, and the message that it becomes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eventlog.vault import Vault
from intake.calls.reading import CallEvent, number, phone, read_missed
from pydantic import ValidationError
from regulation.document import Regulation
from testkit.running import MASTER_KEY

SAID: dict[str, Any] = {
    "id": "1", "channel": "demo-phone", "kind": "missed", "caller": "+7 (999) 000-00-01",
    "at": "2026-07-06T10:00:00+03:00",
}  # fmt: skip
RECEIVED = datetime(2026, 7, 6, 8, tzinfo=UTC)
VAULT = Vault(MASTER_KEY)


def told(**fields: object) -> CallEvent:
    return CallEvent.model_validate(SAID | fields)


@pytest.mark.parametrize(
    "written", ["+7 999 000-00-01", "+7(999)000.00.01", "+79990000001", "+7\u00a0999\u2011000 0001"]
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert number(written) == "+79990000001"


def test_with_and_without_the_plus_it_is_the_same_phone() -> None:
    assert phone(VAULT, told(caller="79990000001").caller) == phone(VAULT, told().caller)


def test_what_is_no_number_stays_what_it_is() -> None:
    assert number(" SIP:Anna@example.ru ") == "sip:anna@example.ru"


def test_a_missed_call_reads_as_its_callers_message(demo: Regulation) -> None:
    incoming = read_missed(told(agent="vera"), demo, VAULT, RECEIVED)
    assert incoming.missed
    assert (incoming.author.address, incoming.missed.agent) == ("+79990000001", "vera")
    assert incoming.text == "Пропущенный звонок с номера +79990000001, 06.07.2026 в 10:00 (Europe/Moscow)."


def test_it_is_told_in_the_callers_language(demo: Regulation) -> None:
    caller = {"id": "+15550100", "language": "en-GB", "name": "Ann", "email": "Ann@Example.com"}
    incoming = read_missed(told(caller=caller), demo, VAULT, RECEIVED)
    assert (incoming.subject, incoming.author.email) == ("Missed call", "ann@example.com")
    assert incoming.missed
    assert incoming.missed.also == (VAULT.alias("email", "ann@example.com"),)


@pytest.mark.parametrize(
    ("named", "meant"), [("Направление 2", "direction-2"), ("", "direction-0"), ("x", "direction-0")]
)
def test_the_direction_is_the_one_named_or_the_channels(demo: Regulation, named: str, meant: str) -> None:
    """R4-09: a word that the regulation does not know loses no call."""
    incoming = read_missed(told(direction=named), demo, VAULT, RECEIVED)
    assert incoming.missed
    assert incoming.missed.direction == meant


def test_a_clock_that_is_ahead_calls_nobody_from_the_future(demo: Regulation) -> None:
    incoming = read_missed(told(at=(RECEIVED + timedelta(hours=1)).isoformat()), demo, VAULT, RECEIVED)
    assert incoming.missed
    assert incoming.missed.called_at == incoming.sent_at == RECEIVED


@pytest.mark.parametrize("wrong", [{"kind": "lost"}, {"caller": ""}, {"at": "2026-07-06T10:00:00"}, {"id": ""}])
def test_what_cannot_be_understood_is_malformed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        told(**wrong)
