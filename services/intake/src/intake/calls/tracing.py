"""Traces of contact after a missed call: what agents wrote in any ticket of the caller, who talked on the phone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
from contracts import Event, Recorded, wire_type
from contracts.intake import AgentReplied, CallMissed, InformationRequested

from intake.domain.aging import Contact, Talk, Traces
from intake.reaching import store_awaited

WORDS = (AgentReplied, InformationRequested)
"""What an agent says to a requester (R4-03)."""
TYPES = [wire_type(kind) for kind in WORDS]
WRITTEN = """
    select t.requester, t.id as ticket, t.number, (e.data->>'at')::timestamptz as at, e.data->>'agent' as agent
    from tickets t join log.events e on e.stream = 'ticket-' || t.id
    where t.requester = any($1) and t.updated_at >= $2 and e.type = any($3) and e.recorded_at >= $2
    order by e.position
"""
TALKED = "select phone, call, at, agent from talks where phone = any($1) and at >= $2"


class Word(NamedTuple):
    """An agent's public word to a requester."""

    requester: str
    number: str
    contact: Contact


class Found(NamedTuple):
    """Everything that may be a trace of contact with the callers of some calls."""

    words: Sequence[Word] = ()
    talks: Sequence[tuple[str, Talk]] = ()

    def number(self, ticket: str) -> str:
        """The number of a ticket with a word in it."""
        return next((word.number for word in self.words if word.contact.ticket == ticket), "")

    def after(self, missed: CallMissed) -> Traces:
        """What of it came after one call; a letter in the ticket that the call opened is the answer to it itself."""
        persons = {missed.requester, *missed.also}
        theirs = [
            each.contact for each in self.words if each.requester in persons and each.contact.at >= missed.called_at
        ]
        alone = missed.ticket if missed.outcome == "opened" else ""
        contacts = [each for each in theirs if each.ticket != alone]
        talks = [talk for phone, talk in self.talks if phone == missed.phone and talk.at >= missed.called_at]
        return Traces(
            contact=contacts[-1] if contacts else None,
            talk=talks[-1] if talks else None,
            written=any(each.ticket == missed.ticket for each in theirs),
        )


async def found(pool: asyncpg.Pool, calls: Sequence[CallMissed]) -> Found:
    """What there is about the callers of these calls since the first of them."""
    if not calls:
        return Found()
    persons = [*{person for call in calls for person in (call.requester, *call.also)}]
    phones = [*{call.phone for call in calls}]
    since = min(call.called_at for call in calls)
    with store_awaited():
        words = await pool.fetch(WRITTEN, persons, since, TYPES)
        talks = await pool.fetch(TALKED, phones, since)
    return Found(
        [Word(each["requester"], each["number"], Contact(each["ticket"], each["at"], each["agent"])) for each in words],
        [(each["phone"], Talk(each["call"], each["at"], each["agent"])) for each in talks],
    )


def contact_in(history: Sequence[Recorded[Event]], ticket: str, since: datetime) -> Contact | None:
    """The last public word of an agent in one ticket since a moment."""
    words = [each.data for each in history if isinstance(each.data, WORDS) and each.data.at >= since]
    return Contact(ticket, words[-1].at, words[-1].agent) if words else None
