"""Which ticket leads to which, both ways round."""

from collections.abc import Iterator, Mapping

import msgspec
from contracts import Event, Recorded
from contracts.intake import TicketLinked, TicketUnlinked
from eventlog.tables import Rule, Statement, Table

DDL = """
    create table links (
        ticket text not null, target text not null, relation text not null, position bigint not null,
        primary key (ticket, target, relation)
    );
"""
INDEXES = """
    create index on links (target, position);
"""


class Link(msgspec.Struct, frozen=True):
    """One ticket leads to another; of relation `merged` the one that goes on leads to what was put into it."""

    ticket: str
    target: str
    relation: str
    position: int


LINKS = Table("links", Link, "ticket", "target", "relation")


def _linked(event: Recorded[TicketLinked]) -> Iterator[Statement]:
    said = event.data
    yield LINKS.begin(Link(said.ticket, said.to, said.relation, event.position))


def _unlinked(event: Recorded[TicketUnlinked]) -> Iterator[Statement]:
    said = event.data
    yield LINKS.end((said.ticket, said.to, said.relation))


RULES: Mapping[type[Event], Rule] = {TicketLinked: _linked, TicketUnlinked: _unlinked}
