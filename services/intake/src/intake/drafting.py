"""The events of one message, all of which are recorded or none; their ids follow from the message's."""

from collections.abc import Sequence
from datetime import datetime
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
from contracts.streams import derived_id, requester_stream
from eventlog.change import By, numbered
from eventlog.store import New

from intake.arriving import Arrival
from intake.beginning import begun
from intake.calls.missing import meant_for, missed_call
from intake.domain.lexicon import Lexicon
from intake.domain.requester import Requester
from intake.domain.standing import Standing
from intake.domain.terms import Terms, clocks_start, spoken
from intake.domain.thanks import THANKED
from intake.domain.ticket import Ticket
from intake.reading.message import Incoming
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
    said = _reply(arrival, ticket)
    ticket.requester_replied(said)
    call = missed_call(arrival, ticket.ticket, "appended", ticket.regulation)
    received = _received(arrival, Joined(ticket.ticket, ticket.number, "appended"), because)
    received = msgspec.structs.replace(received, automatic=said.automatic)
    by = By(arrival.meta, arrival.message)
    events = [*numbered(ticket.new_events(), by), *numbered(call, by)]
    # The verdict is the last, so that its position covers the others'.
    return Draft(events=[*events, verdict(received, arrival.meta)], received=received)


def opening(arrival: Arrival, known: Requester | None, number: str, because: Threading, lexicon: Lexicon) -> Draft:
    """The message as the first of a new ticket; someone unknown is registered with it."""
    incoming, regulation = arrival.incoming, lexicon.regulation
    found = lexicon.terms(incoming.channel, incoming.hints, _language(arrival))
    ticket_id = derived_id(arrival.message, "ticket")
    joined = Joined(ticket_id, number, "opened")
    sent_at = clocks_start(regulation, incoming.channel, incoming.sent_at, arrival.envelope.at)
    said = meant_for(_opened(arrival, joined, found, sent_at), incoming.missed)
    first = begun(said, because, regulation)
    requester = _conversing(arrival, known, ticket_id)
    received = _received(arrival, joined, because)
    by = By(msgspec.structs.replace(arrival.meta, regulation=found.regulation), arrival.message)
    # Numbered stream by stream: what the sender is to us must not change the ids of what they said.
    registration, ticket = numbered(requester.new_events(), by), numbered(first, by)
    call = numbered(missed_call(arrival, ticket_id, "opened", found.regulation), by)
    return Draft(
        events=[*registration, *ticket, *call, verdict(received, by.meta)],
        received=received,
        requester=requester,
        mint=frozenset() if known else frozenset([arrival.requester]),
        number=number,
    )


def _language(arrival: Arrival) -> str:
    incoming = arrival.incoming
    # An adapter knows the person, a program only in which language its menus are.
    known = incoming.author.language if incoming.kind == "api" else None
    return known or spoken(incoming.author.language, incoming.subject, incoming.text)


def _conversing(arrival: Arrival, known: Requester | None, ticket: str) -> Requester:
    """The requester, for whom the message's thread belongs to this ticket from now on."""
    requester = known or Requester.begin(requester_stream(arrival.requester), _registered(arrival))
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


def _opened(arrival: Arrival, joined: Joined, found: Terms, sent_at: datetime | None) -> TicketOpened:
    incoming = arrival.incoming
    text, quoted = _matter(incoming)
    return TicketOpened(
        at=arrival.envelope.at,
        ticket=joined.ticket,
        number=joined.number,
        requester=arrival.requester,
        channel=incoming.channel,
        kind=incoming.kind,
        subject=incoming.subject,
        text=text,
        quoted=quoted,
        reply_to=arrival.reply_to,
        answered=arrival.answered,
        thread=arrival.thread,
        message=arrival.message,
        answers=arrival.answers,
        automatic=incoming.automatic or "",
        attachments=arrival.envelope.attachments,
        sent_at=sent_at,
        **found._asdict(),
    )


def _matter(incoming: Incoming) -> tuple[str, str]:
    """What a new ticket is about, and what is folded away: a mail that was passed on is the matter itself."""
    if incoming.passed_on:
        return f"{incoming.text}\n\n{incoming.quoted}", ""
    return incoming.text, incoming.quoted


def _reply(arrival: Arrival, ticket: Ticket) -> RequesterReplied:
    incoming = arrival.incoming
    # A thank-you for a solution asks for nothing; while the matter is open any word may be the answer waited for.
    thanked = THANKED if arrival.thankful and ticket.standing is not Standing.open else ""
    return RequesterReplied(
        at=arrival.envelope.at,
        ticket=ticket.ticket,
        requester=arrival.requester,
        text=incoming.text,
        quoted=incoming.quoted,
        message=arrival.message,
        answers=arrival.answers,
        automatic=incoming.automatic or thanked,
        attachments=arrival.envelope.attachments,
        edited=incoming.edited,
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
