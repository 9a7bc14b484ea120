"""The events of one message, all of which are recorded or none; their ids follow from the message's."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec
from contracts.intake import (
    ConversationStarted,
    MessageReceived,
    RequesterRegistered,
    RequesterReplied,
    TicketOpened,
)
from contracts.reasons import Threading
from contracts.streams import derived_id, requester_stream, ticket_stream
from eventlog.aggregate import Decided
from eventlog.change import By, numbered
from eventlog.store import New
from regulation.document import Regulation

from intake.arriving import Arrival
from intake.domain.requester import Requester
from intake.domain.terms import Terms, spoken, terms
from intake.domain.ticket import Ticket
from intake.verdicts import verdict


class Joined(NamedTuple):
    """The ticket a message went into, and how."""

    ticket: str
    number: str
    outcome: Literal["opened", "appended"]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be recorded, and who the requester then is; `number` is the one it uses up."""

    events: Sequence[New]
    received: MessageReceived
    requester: Requester | None = None
    mint: frozenset[str] = frozenset()
    number: str = ""


def joining(arrival: Arrival, ticket: Ticket, because: Threading) -> Draft:
    """The message as one more of its ticket's."""
    ticket.requester_replied(_reply(arrival, ticket.ticket))
    received = _received(arrival, Joined(ticket.ticket, ticket.number, "appended"), because)
    events = numbered(ticket.new_events(), By(arrival.meta, arrival.message))
    # The verdict is the last, so that its position covers the others'.
    return Draft(events=[*events, verdict(received, arrival.meta)], received=received)


def opening(
    arrival: Arrival, known: Requester | None, number: str, because: Threading, regulation: Regulation
) -> Draft:
    """The message as the first of a new ticket; someone unknown is registered with it."""
    incoming = arrival.incoming
    language = spoken(incoming.author.language, incoming.subject, incoming.text)
    found = terms(regulation, incoming.channel, incoming.hints, language)
    ticket_id = derived_id(arrival.message, "ticket")
    opened = Decided(stream=ticket_stream(ticket_id), version=1, event=_opened(arrival, ticket_id, number, found))
    requester = _conversing(arrival, known, ticket_id)
    received = _received(arrival, Joined(ticket_id, number, "opened"), because)
    meta = msgspec.structs.replace(arrival.meta, regulation=found.regulation)
    by = By(meta, arrival.message)
    # Numbered stream by stream: what the sender is to us must not change the ids of what they said.
    registration, ticket = numbered(requester.new_events(), by), numbered([opened], by)
    return Draft(
        events=[*registration, *ticket, verdict(received, meta)],
        received=received,
        requester=requester,
        mint=frozenset() if known else frozenset([arrival.requester]),
        number=number,
    )


def _conversing(arrival: Arrival, known: Requester | None, ticket: str) -> Requester:
    """The requester, for whom the message's thread belongs to this ticket from now on."""
    requester = known or Requester(id=requester_stream(arrival.requester), said=_registered(arrival))
    if not arrival.thread:
        return requester
    requester = known.fork() if known else requester
    requester.converse(
        ConversationStarted(
            at=arrival.envelope.at,
            requester=arrival.requester,
            channel=arrival.incoming.channel,
            thread=arrival.thread,
            ticket=ticket,
        )
    )
    return requester


def _registered(arrival: Arrival) -> RequesterRegistered:
    author = arrival.incoming.author
    return RequesterRegistered(
        at=arrival.envelope.at,
        requester=arrival.requester,
        kind=arrival.incoming.kind,
        address=author.address,
        name=author.name,
        language=author.language or "",
    )


def _opened(arrival: Arrival, ticket: str, number: str, found: Terms) -> TicketOpened:
    incoming = arrival.incoming
    return TicketOpened(
        at=arrival.envelope.at,
        ticket=ticket,
        number=number,
        requester=arrival.requester,
        channel=incoming.channel,
        kind=incoming.kind,
        section=found.section,
        subject=incoming.subject,
        text=incoming.text,
        category=found.category,
        priority=found.priority,
        stage=found.stage,
        regulation=found.regulation,
        reply_to=_reply_to(arrival),
        thread=arrival.thread,
        language=found.language,
        message=arrival.message,
        answers=_answers(arrival),
        automatic=incoming.automatic or "",
        attachments=arrival.envelope.attachments,
    )


def _reply(arrival: Arrival, ticket: str) -> RequesterReplied:
    incoming = arrival.incoming
    return RequesterReplied(
        at=arrival.envelope.at,
        ticket=ticket,
        requester=arrival.requester,
        text=incoming.text,
        quoted=incoming.quoted,
        message=arrival.message,
        answers=_answers(arrival),
        automatic=incoming.automatic or "",
        attachments=arrival.envelope.attachments,
    )


def _received(arrival: Arrival, joined: Joined, because: Threading) -> MessageReceived:
    incoming = arrival.incoming
    return MessageReceived(
        at=arrival.envelope.at,
        message=arrival.message,
        channel=incoming.channel,
        external_id=incoming.external_id,
        requester=arrival.requester,
        ticket=joined.ticket,
        number=joined.number,
        outcome=joined.outcome,
        because=because,
        raw=arrival.envelope.raw,
        digest=arrival.envelope.digest,
        automatic=incoming.automatic or "",
    )


def _reply_to(arrival: Arrival) -> str:
    """Where an answer goes: a mail address, the number of a chat, or nowhere but the cabinet."""
    incoming = arrival.incoming
    if incoming.kind == "telegram":
        return (incoming.thread or incoming.author.address).partition("/")[0]
    return incoming.author.email


def _answers(arrival: Arrival) -> str:
    """The Message-ID that our answer refers to."""
    return arrival.incoming.external_id if arrival.incoming.external_id.startswith("<") else ""
