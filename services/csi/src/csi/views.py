"""Csi's table: every survey with whom it concerns and what came of it; comments stay in the log, sealed."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from contracts import Recorded
from contracts.csi import RatingExpired, RatingGiven, RatingRequested
from eventlog.tables import Statement, Table, Views
from msgspec.structs import replace

DDL = """
    create table surveys (
        survey uuid primary key, ticket text not null, number text not null, agent text not null,
        "group" text not null, channel text not null, stage text not null, plan text not null,
        requested_at timestamptz not null, expires_at timestamptz not null,
        score int, rated_at timestamptz, expired bool not null
    );
"""
INDEXES = """
    create index surveys_requested on surveys (requested_at);
    create index surveys_ticket on surveys (ticket);
    create index surveys_low on surveys (rated_at desc) where score <= 2;
"""


class Survey(msgspec.Struct, frozen=True):
    """A requester is asked how it was; `expired` when he did not answer in time."""

    survey: str
    ticket: str
    number: str
    agent: str
    group: str
    channel: str
    stage: str
    plan: str
    requested_at: datetime
    expires_at: datetime
    score: int | None = None
    rated_at: datetime | None = None
    expired: bool = False


SURVEYS = Table("surveys", Survey, "survey")


def _requested(event: Recorded[RatingRequested]) -> Iterator[Statement]:
    said = event.data
    whom = (said.agent, said.group, said.channel, said.stage, said.plan)
    yield SURVEYS.begin(Survey(said.survey, said.ticket, said.number, *whom, said.at, said.expires_at))


def _given(event: Recorded[RatingGiven]) -> Iterator[Statement]:
    yield SURVEYS.set(event.data.survey, score=event.data.score, rated_at=event.data.at)


def _expired(event: Recorded[RatingExpired]) -> Iterator[Statement]:
    yield SURVEYS.change(event.data.survey, lambda row: replace(row, expired=row.score is None))


VIEWS = Views(
    tables=[SURVEYS],
    ddl=DDL,
    indexes=INDEXES,
    rules={RatingRequested: _requested, RatingGiven: _given, RatingExpired: _expired},
)
