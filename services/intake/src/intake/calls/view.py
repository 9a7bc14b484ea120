"""The list of missed calls, and the last talk with every number: rows without a word or a number of anybody."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts import Event, Recorded
from contracts.intake import CallMade, CallMissed, CallReturned, CallSettled
from eventlog.tables import Rule, Statement, Table

DDL = """
    create table calls (
        call text primary key, ticket text not null, channel text not null, phone text not null, agent text not null,
        direction text not null, called_at timestamptz not null, tries int not null, how text not null,
        settled_at timestamptz, settled_by text not null, contact text not null, topic text not null,
        position bigint not null
    );
    create table talks (phone text primary key, call text not null, at timestamptz not null, agent text not null);
"""
INDEXES = """
    create unique index on calls (position);
    create index on calls (ticket, position);
    create index on calls (agent, position) where how = '';
    create index on calls (position) where how = '';
"""


class Row(msgspec.Struct, frozen=True):
    """A missed call as lists show it; `how` is "" while it is open, `position` where it was recorded."""

    call: str
    ticket: str
    channel: str
    phone: str
    agent: str
    direction: str
    called_at: datetime
    position: int
    tries: int = 0
    how: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""
    contact: str = ""
    topic: str = ""


class Last(msgspec.Struct, frozen=True):
    """The latest call in which both talked, by the number."""

    phone: str
    call: str
    at: datetime
    agent: str


CALLS = Table("calls", Row, "call")
TALKS = Table("talks", Last, "phone")
TABLES = (CALLS, TALKS)


def _missed(event: Recorded[CallMissed]) -> Iterator[Statement]:
    said = event.data
    whom = (said.phone, said.agent, said.direction)
    yield CALLS.begin(Row(said.call, said.ticket, said.channel, *whom, said.called_at, event.position))


def _made(event: Recorded[CallMade]) -> Iterator[Statement]:
    said = event.data
    if said.reached:
        last = Last(said.phone, said.call, said.called_at, said.agent)
        yield TALKS.fold(said.phone, lambda was: was if was and was.at > last.at else last)


def _returned(event: Recorded[CallReturned]) -> Iterator[Statement]:
    yield CALLS.change(event.data.call, lambda was: msgspec.structs.replace(was, tries=was.tries + 1))


def _settled(event: Recorded[CallSettled]) -> Iterator[Statement]:
    said = event.data
    yield CALLS.set(
        said.call, how=said.how, settled_at=said.at, settled_by=said.agent, contact=said.contact, topic=said.topic
    )


RULES: dict[type[Event], Rule] = {CallMissed: _missed, CallMade: _made, CallReturned: _returned, CallSettled: _settled}
