"""What follows from the alarms that ring, in the order of their moments, without changing anything."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from sla.alarms import Alarm, Reading
from sla.domain.clock import Clock
from sla.domain.rules import Rules
from sla.domain.timing import Decision, Timer, approaching, lapsed, timer
from sla.state import State


class Failed(NamedTuple):
    """A clock that cannot say what it should; `cause` is the event that set it, "" where even that is not known."""

    cause: str
    error: Exception


def rung(state: State, now: float, limit: int) -> Iterator[tuple[str, Decision | Failed]]:
    """Tickets and what their clocks say at `now` (epoch seconds), at most `limit` times (I10, I11).

    A warning that would come together with the missed deadline warns nobody and is left out.
    """
    reading, warned = state.alarms.before(now), dict[str, int]()
    for alarm in reading:
        clock = state.tickets[alarm.ticket].clock(alarm.clock)
        assert clock is not None, "an alarm that holds has its clock"
        try:
            said: Decision | Failed | None = _answer(reading, alarm, clock, state.rules[clock.rules], warned, now)
        except Exception as error:  # noqa: BLE001  # whatever a bug does, it may silence only its own ticket (I15)
            said = Failed(clock.cause, error)
        if said:
            yield alarm.ticket, said
            limit -= 1
        if not limit:
            return


def _answer(  # noqa: PLR0913  # one alarm, and what the ones before it left
    reading: Reading, alarm: Alarm, clock: Clock, rules: Rules, warned: dict[str, int], now: float
) -> Decision | None:
    due = timer(clock, rules, warned.get(clock.id, clock.warned))
    assert due is not None, "an alarm that holds has its timer"
    if due.percent:
        warned[clock.id] = due.percent
        _await_next(reading, alarm, clock, rules, due)
    return _said(clock, alarm.ticket, rules, due, now)


def _said(clock: Clock, ticket: str, rules: Rules, due: Timer, now: float) -> Decision | None:
    if not due.percent:
        return lapsed(clock, ticket, rules, now)
    return approaching(clock, ticket, due) if clock.due >= now else None


def _await_next(reading: Reading, alarm: Alarm, clock: Clock, rules: Rules, due: Timer) -> None:
    if following := timer(clock, rules, due.percent):
        reading.add(replace(alarm, at=max(alarm.at, following.at)))
