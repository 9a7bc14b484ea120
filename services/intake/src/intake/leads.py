"""Looks up what the threading rules go by: tokens, earlier messages, conversations."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from contracts.intake import MessageReceived
from contracts.streams import message_id, message_stream, ticket_stream
from eventlog.store import EventLog
from servicekit.tokens import ThreadTokens

from intake.arriving import Arrival
from intake.domain.requester import Requester
from intake.domain.standing import Standing
from intake.domain.threading import Claim, Placement, Rule, follows, place
from intake.domain.ticket import Ticket

REFERENCES = 8
"""Earlier messages looked up at most: the likeliest come first, the rest is the sender's to invent."""


class Placed(NamedTuple):
    """Where a message belongs, and the ticket that it joins, if it joins one."""

    placement: Placement
    ticket: Ticket | None = None


class Leads:
    """Follows one lead after the other, in order of trust, and stops at the first that holds."""

    def __init__(self, log: EventLog, tokens: ThreadTokens | None) -> None:
        self._log = log
        self._tokens = tokens

    async def follow(self, arrival: Arrival, requester: Requester | None) -> Placed:
        """The place of this message; `requester` is who wrote it, as far as known."""
        claims: list[Claim] = []
        async for claim, ticket in self._claims(arrival, requester):
            claims.append(claim)
            if follows(claim, arrival.sender):
                return Placed(place(claims, arrival.sender), ticket)
        return Placed(place(claims, arrival.sender))

    def bounced(self, arrival: Arrival) -> bool:
        """Whether the mail came back to the sender address of one of our own deliveries."""
        recipients = arrival.incoming.recipients
        return bool(recipients and self._tokens and self._tokens.find_bounced(recipients))

    async def _claims(self, arrival: Arrival, requester: Requester | None) -> AsyncIterator[tuple[Claim, Ticket]]:
        incoming = arrival.incoming
        if named := self._signed((*incoming.recipients, *incoming.references)):
            async for claim in self._claim("token", named, named):
                yield claim
        if incoming.kind == "email" and incoming.references:
            matched, earlier = await self._earlier(arrival)
            async for claim in self._claim("references", matched, earlier):
                yield claim
        if requester and arrival.thread:
            talk = requester.ticket_of(incoming.channel, arrival.thread)
            async for claim in self._claim("conversation", arrival.thread, talk):
                yield claim

    async def _claim(self, rule: Rule, matched: str, ticket: str) -> AsyncIterator[tuple[Claim, Ticket]]:
        found = Ticket.replay(await self._log.read(ticket_stream(ticket))) if ticket else None
        if found is not None:
            yield Claim(rule, matched, ticket, found.requester, found.standing is Standing.closed), found

    def _signed(self, texts: tuple[str, ...]) -> str:
        return (self._tokens.find(texts) if texts and self._tokens else None) or ""

    async def _earlier(self, arrival: Arrival) -> tuple[str, str]:
        """The first of the sender's own messages that this one refers to, and the ticket it went into."""
        channel, references = arrival.incoming.channel, arrival.incoming.references[:REFERENCES]
        ids = [message_id(channel, reference) for reference in references]
        for history in await asyncio.gather(*(self._log.read(message_stream(each)) for each in ids)):
            said = history[0].data if history else None
            if isinstance(said, MessageReceived) and said.requester == arrival.requester:
                return said.message, said.ticket
        return "", ""
