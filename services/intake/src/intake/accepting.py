"""The one path from a message to events: each message once, all of it or nothing (I1)."""

import msgspec
from contracts import Event, Recorded
from contracts.intake import MessageQuarantined, MessageReceived, MessageRefused
from contracts.streams import message_stream, requester_stream
from eventlog.errors import ConflictError, ForgottenError, LogUnavailableError
from eventlog.postgres import PostgresLog
from eventlog.store import Appended
from regulation.document import Regulation
from servicekit.said import meta

from intake.acquaintances import Acquaintances
from intake.arriving import Arrival, Envelope, Receipt, Source, arrived
from intake.domain.admission import Sign, refusal
from intake.domain.lexicon import Lexicon
from intake.domain.requester import Requester
from intake.drafting import Draft, joining, opening
from intake.leads import Leads
from intake.numbers import Numbers
from intake.reading.message import Incoming
from intake.verdicts import quarantined, refused, verdict

ATTEMPTS = 10
"""Lost races after which the sender is told to come back."""


class ReusedIdError(ValueError):
    """A different message came under an id that another message has."""


class Reception:
    """Accepts messages; a new message of someone unknown costs one round trip, a conflict reveals who is known."""

    def __init__(self, log: PostgresLog, numbers: Numbers, leads: Leads, own: frozenset[str]) -> None:
        self._log = log
        self._numbers = numbers
        self._leads = leads
        self._own = own
        self._acquaintances = Acquaintances()
        self._lexicons: dict[str, Lexicon] = {}

    async def accept(self, incoming: Incoming, envelope: Envelope, regulation: Regulation) -> Receipt:
        """What became of the message; raises ReusedIdError where an adapter uses an id twice."""
        arrival = arrived(self._log.vault, incoming, envelope)
        notice = await self._leads.notice(arrival)
        if rule := refusal(Sign(incoming.author.address, envelope.looped, notice.rule), self._own):
            source = Source(incoming.channel, arrival.incoming.external_id)
            return await self.refuse(source, envelope, rule, notice.delivery)
        try:
            return await self._take_in(arrival, regulation)
        except ReusedIdError:
            if incoming.kind == "api":
                raise
            # Mail programs and bots do repeat ids: what says something else is another message.
            told_apart = msgspec.structs.replace(incoming, external_id=f"{incoming.external_id} {envelope.digest}")
            return await self._take_in(arrived(self._log.vault, told_apart, envelope), regulation)

    async def refuse(self, source: Source, envelope: Envelope, rule: str, delivery: str = "") -> Receipt:
        """Record that a message was understood and is none for a ticket (R0-03); `delivery` is one that came back."""
        return await self._settle(source, envelope, refused(source, envelope, rule, delivery))

    async def quarantine(self, source: Source, envelope: Envelope, reason: str) -> Receipt:
        """Record that input was not understood; a person has to look at its raw bytes."""
        return await self._settle(source, envelope, quarantined(source, envelope, reason))

    async def _settle(self, source: Source, envelope: Envelope, said: MessageRefused | MessageQuarantined) -> Receipt:
        appended = await self._log.append([verdict(said, meta(envelope.actor, said.message, source.channel))])
        return _told((await self._first(said.message)).data if appended.known else said, appended.last)

    async def _take_in(self, arrival: Arrival, regulation: Regulation) -> Receipt:
        """The first attempt guesses that the sender is as remembered; after a lost race it lines up and looks."""
        receipt = await self._attempt(arrival, regulation, self._acquaintances.get(arrival.requester))
        if receipt is not None:
            return receipt
        async with self._acquaintances.queue(arrival.requester):
            for _ in range(ATTEMPTS):
                if receipt := await self._look_and_attempt(arrival, regulation):
                    return receipt
        raise LogUnavailableError("too many messages of one requester came at once")

    async def _look_and_attempt(self, arrival: Arrival, regulation: Regulation) -> Receipt | None:
        if first := await self._log.read(message_stream(arrival.message)):
            return _repeated(arrival, first[0])
        known = Requester.replay(await self._log.read(requester_stream(arrival.requester)))
        return await self._attempt(arrival, regulation, known)

    async def _attempt(self, arrival: Arrival, regulation: Regulation, known: Requester | None) -> Receipt | None:
        draft = await self._draft(arrival, regulation, known)
        try:
            appended = await self._append(arrival, draft)
        except ConflictError:
            self._acquaintances.forget(arrival.requester)
            self._unused(draft)
            return None
        if appended.known:
            self._unused(draft)
            return _repeated(arrival, await self._first(arrival.message))
        return self._accepted(arrival, draft, appended)

    async def _append(self, arrival: Arrival, draft: Draft) -> Appended:
        try:
            return await self._log.append(draft.events, draft.mint)
        except ForgottenError:
            # Someone forgotten who writes again is known by what they say from now on.
            return await self._log.append(draft.events, frozenset([arrival.requester]))

    async def _draft(self, arrival: Arrival, regulation: Regulation, known: Requester | None) -> Draft:
        placement, ticket = await self._leads.follow(arrival, known)
        if ticket is not None:
            return joining(arrival, ticket, placement.because)
        return opening(arrival, known, await self._numbers.take(), placement.because, self._lexicon(regulation))

    def _lexicon(self, regulation: Regulation) -> Lexicon:
        found = self._lexicons.get(regulation.name)
        if found is None or found.regulation is not regulation:
            found = self._lexicons[regulation.name] = Lexicon(regulation)
        return found

    def _accepted(self, arrival: Arrival, draft: Draft, appended: Appended) -> Receipt:
        if draft.requester is not None:
            self._acquaintances.keep(arrival.requester, draft.requester)
        return _told(draft.received, appended.last)

    def _unused(self, draft: Draft) -> None:
        if draft.number:
            self._numbers.give_back(draft.number)

    async def _first(self, message: str) -> Recorded[Event]:
        return (await self._log.read(message_stream(message)))[0]


def _repeated(arrival: Arrival, first: Recorded[Event]) -> Receipt:
    """What became of the message when it first came."""
    if getattr(first.data, "digest", "") != arrival.envelope.digest:
        raise ReusedIdError(arrival.message)
    receipt = _told(first.data, first.position)
    return receipt._replace(outcome="duplicate") if receipt.ticket else receipt


def _told(said: Event, position: int) -> Receipt:
    match said:
        case MessageReceived():
            return Receipt(said.message, said.outcome, position, said.ticket, said.number)
        case MessageRefused():
            return Receipt(said.message, "refused", position)
        case MessageQuarantined():
            return Receipt(said.message, "quarantined", position)
        case _:
            raise TypeError(f"{type(said).__name__} is no verdict on a message")
