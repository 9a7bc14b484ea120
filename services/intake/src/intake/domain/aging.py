"""How old a missed call is in working days, and what is therefore to be done about it (R4-03 to R4-07, A-26)."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from regulation.document import Regulation
from regulation.plan import MissedCalls
from regulation.worktime import between

from intake.domain.refusing import RefusedError

Do = Literal["settle", "call", "write"]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""From when a call counts that the log has as older: no door takes one any more, and working time has its bounds."""


class Contact(NamedTuple):
    """A public word of an agent to the requester: in which ticket, when, and whose."""

    ticket: str
    at: datetime
    agent: str


class Talk(NamedTuple):
    """A call in which both talked: which, when, and which agent."""

    call: str
    at: datetime
    agent: str


class Traces(NamedTuple):
    """What is known of contact after a missed call: a word written elsewhere, a talk, a letter in its own ticket."""

    contact: Contact | None = None
    talk: Talk | None = None
    written: bool = False


class Advice(NamedTuple):
    """What to do next; `until` (UTC) is how long a call is the right answer."""

    do: Do
    until: datetime


def rule_of(regulation: Regulation) -> MissedCalls:
    """How the regulation wants missed calls closed; RefusedError where it says nothing about them."""
    if regulation.missed_calls is None:
        raise RefusedError(
            f"{regulation.key} says nothing about missed calls: give it `missed_calls`, "
            "for example with `include: [missed-calls]`, and publish it as a new version.",
            "no-missed-calls",
        )
    return regulation.missed_calls


def call_until(regulation: Regulation, called_at: datetime) -> datetime:
    """Until when a missed call is answered by a call; weekends and holidays put that off (R4-07)."""
    rule = rule_of(regulation)
    return rule.target.due(regulation.calendar(rule.calendar), max(called_at, EARLIEST))


def is_stale(regulation: Regulation, called_at: datetime, at: datetime) -> bool:
    """Whether a call is older than `call_within`, so that a letter answers it (A-26)."""
    return at > call_until(regulation, called_at)


def working_days(regulation: Regulation, called_at: datetime, at: datetime) -> float:
    """The age of a call in working days of the regulation's length: closed time adds nothing (R4-07)."""
    rule = rule_of(regulation)
    since = min(max(called_at, EARLIEST), at)
    worked = between(regulation.calendar(rule.calendar), since, at)
    return worked / rule.target.business_day


def advise(regulation: Regulation, called_at: datetime, at: datetime, traces: Traces) -> Advice:
    """Settle what was answered already (R4-03); else call while it is young, write when it is old (R4-06, R4-07)."""
    until = call_until(regulation, called_at)
    stale = at > until
    if traces.contact or traces.talk or (stale and traces.written):
        return Advice("settle", until)
    return Advice("write" if stale else "call", until)
