"""Csi's table: every survey with whom it concerns and what came of it; comments stay in the log, sealed."""

from collections.abc import Iterator, Sequence

from contracts import Event, Recorded
from contracts.csi import RatingExpired, RatingGiven, RatingRequested
from eventlog.reactor import Statement, Views

DDL = """
    create table if not exists surveys (
        survey uuid primary key, ticket text not null, number text not null, agent text not null,
        "group" text not null, channel text not null, stage text not null, plan text not null,
        requested_at timestamptz not null, expires_at timestamptz not null,
        score int, rated_at timestamptz, expired bool not null default false
    );
    create index if not exists surveys_requested on surveys (requested_at);
    create index if not exists surveys_ticket on surveys (ticket);
    create index if not exists surveys_low on surveys (rated_at desc) where score <= 2;
"""
VIEWS = Views(tables=("surveys",), ddl=DDL)

ASK = """
    insert into surveys (survey, ticket, number, agent, "group", channel, stage, plan, requested_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
"""
RATE = "update surveys set score = $2, rated_at = $3 where survey = $1"
EXPIRE = "update surveys set expired = score is null where survey = $1"


def project(events: Sequence[Recorded[Event]]) -> Iterator[Statement]:
    """How the table changes, event by event."""
    for event in events:
        match event.data:
            case RatingRequested() as said:
                yield Statement(ASK, [_asked(said)])
            case RatingGiven(survey=survey, score=score, at=at):
                yield Statement(RATE, [(survey, score, at)])
            case RatingExpired(survey=survey):
                yield Statement(EXPIRE, [(survey,)])


def _asked(said: RatingRequested) -> tuple[object, ...]:
    whom = (said.agent, said.group, said.channel, said.stage, said.plan)
    return (said.survey, said.ticket, said.number, *whom, said.at, said.expires_at)
