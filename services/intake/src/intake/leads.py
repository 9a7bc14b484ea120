"""Looks up what the threading rules go by: tokens, earlier messages, conversations."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from contracts.intake import MessageReceived
from contracts.notify import DeliveryIntended
from contracts.streams import delivery_stream, message_id, message_stream
from eventlog.store import EventLog
from regulation.document import Regulation
from servicekit.tokens import ThreadTokens

from intake.arriving import Arrival
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.requester import Requester
from intake.domain.standing import Standing
from intake.domain.threading import Claim, Placement, Rule, Sender, follows, place
from intake.domain.ticket import Ticket
from intake.merging import end_of, loaded, owned_by
from intake.reading.message import Incoming

REFERENCES = 8
"""Earlier messages looked up at most: the likeliest come first, the rest is the sender's to invent."""


class Lead(NamedTuple):
    """Where one rule points."""

    rule: Rule
    matched: str
    ticket: str


class Notice(NamedTuple):
    """Under which rule a mail is refused that only tells what became of a mail of ours, and which delivery that was."""

    rule: str = ""
    delivery: str = ""


NOTHING = Notice()
DELIVERY = re.compile(r"\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
"""Where a Message-ID of ours names its delivery."""


class Placed(NamedTuple):
    """Where a message belongs, and the ticket that it joins, if it joins one."""

    placement: Placement
    ticket: Ticket | None = None


Rules = Callable[[str], Regulation | None]
"""The regulation's version that a ticket goes by, by its key, `csn@1`."""


NOWHERE = Placed(place((), Sender("")))
"""The place of a message that refers to nothing."""


def _unknown(_: str) -> None:
    return None


class Leads:
    """Follows one lead after the other, in order of trust, and stops at the first that holds."""

    def __init__(self, log: EventLog, tokens: ThreadTokens | None, rules: Rules = _unknown) -> None:
        self._log = log
        self._tokens = tokens
        self._rules = rules

    async def follow(self, arrival: Arrival, requester: Requester | None) -> Placed:
        """The place of this message; `requester` is who wrote it, as far as known."""
        incoming, claims = arrival.incoming, list[Claim]()
        if not (incoming.recipients or incoming.references or (requester and arrival.thread)):
            return NOWHERE
        async for claim, ticket in self._claims(arrival, requester):
            claims.append(claim)
            if follows(claim, arrival.sender):
                return Placed(place(claims, arrival.sender), ticket)
        return Placed(place(claims, arrival.sender))

    async def notice(self, arrival: Arrival) -> Notice:
        """What a mail that is no matter for a ticket says of one of ours; nothing where it is a matter."""
        incoming = arrival.incoming
        envelope = self._delivery(incoming.recipients)
        if incoming.report is not None:
            delivery = envelope or await self._named(incoming.report.mail)
            ours = bool(delivery or self._signed((incoming.report.mail,)))
            return Notice("bounce" if incoming.report.failed else "delivery-notice", delivery) if ours else NOTHING
        if envelope and incoming.automatic and (await self.follow(arrival, None)).ticket is None:
            # It may be a colleague's machine, who would be told of a ticket that it opens, and so on for ever.
            return Notice("automatic-answer", envelope)
        return NOTHING

    async def _claims(self, arrival: Arrival, requester: Requester | None) -> AsyncIterator[tuple[Claim, Ticket]]:
        incoming = arrival.incoming
        if named := self._signed((*incoming.recipients, *incoming.references)) or await self._mailed(incoming):
            async for claim in self._claim(Lead("token", named, named), arrival):
                yield claim
        if incoming.kind == "email" and incoming.references:
            matched, earlier = await self._earlier(arrival)
            async for claim in self._claim(Lead("references", matched, earlier), arrival):
                yield claim
        if requester and arrival.thread:
            talk = requester.ticket_of(incoming.channel, arrival.thread)
            async for claim in self._claim(Lead("conversation", arrival.thread, talk), arrival):
                yield claim

    async def _claim(self, lead: Lead, arrival: Arrival) -> AsyncIterator[tuple[Claim, Ticket]]:
        found = await loaded(self._log, lead.ticket) if lead.ticket else None
        if found is not None:
            own = await owned_by(self._log, found, arrival.requester)
            end = await end_of(self._log, own)
            resumed = self._resumed(end, own.requester, arrival)
            closed = end.standing is Standing.closed
            lead = lead._replace(ticket=end.ticket)
            yield Claim(*lead, own.requester, closed=closed, resumed=resumed), end

    def _resumed(self, ticket: Ticket, requester: str, arrival: Arrival) -> bool:
        """Whether the message takes a closed ticket up again, which it does only where the regulation has a window."""
        own = requester == arrival.requester and not arrival.sender.automatic
        regulation = self._rules(ticket.regulation) if own and ticket.standing is Standing.closed else None
        if regulation is None or regulation.reopening is None:
            return False
        try:
            ticket.reopen(Hand(arrival.envelope.at, arrival.requester, regulation, "requester"))
        except RefusedError:
            return False
        return True

    async def _named(self, mail: str) -> str:
        """The delivery in a Message-ID of ours: only its ticket is signed, so the delivery has to be of that one."""
        ticket, found = self._signed((mail,)), DELIVERY.search(mail)
        if not ticket or not found:
            return ""
        return found[1] if ticket in {await self._ticket_of(found[1]), found[1]} else ""

    async def _mailed(self, incoming: Incoming) -> str:
        """The ticket of the delivery to whose envelope address this was written."""
        delivery = self._delivery(incoming.recipients)
        return await self._ticket_of(delivery) if delivery else ""

    async def _ticket_of(self, delivery: str) -> str:
        history = await self._log.read(delivery_stream(delivery))
        said = history[0].data if history else None
        return said.ticket if isinstance(said, DeliveryIntended) else ""

    def _delivery(self, recipients: tuple[str, ...]) -> str:
        return (self._tokens.find_bounced(recipients) if recipients and self._tokens else None) or ""

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
