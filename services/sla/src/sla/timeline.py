"""A hypothetical ticket's life as `POST /preview` takes it, told as the events it would be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from contracts import Event
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketEstimated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from regulation.channel import Channel
from regulation.document import Regulation
from regulation.stage import Stage
from regulation.ways import entered, opening

from sla.steps import Asked, Step
from sla.terms import Terms
from sla.ways import KINDS, Ways

TICKET = "preview"
ENDS = ("closed", "annulled")


class Told(NamedTuple):
    """The event that a step is; `number` is the step's place in what was asked."""

    number: int
    at: datetime
    event: Event


class Telling:
    """Turns steps into events, keeping the ticket as it goes; raises Malformed where a step is impossible."""

    def __init__(self, regulation: Regulation, ticket: Asked) -> None:
        self._regulation = regulation
        self._ticket = ticket
        self._stage = self._category = ""
        self._waiting = False
        self._closed_at: datetime | None = None

    def events(self, steps: list[Step]) -> Iterator[Told]:
        """The steps in order of time, the first of them the opening."""
        ordered = sorted(enumerate(steps), key=lambda each: each[1].at)
        for place, (number, step) in enumerate(ordered):
            terms = Terms(self._regulation, number)
            if (place == 0) != (step.event == "opened"):
                raise terms.wrong("event", "a ticket is opened once, before anything else happens")
            for event in self._told(terms, step):
                yield Told(number, step.at, event)

    def _told(self, terms: Terms, step: Step) -> Iterable[Event]:
        if step.event in KINDS:
            return self._moved(terms, step)
        if step.event in TALKS:
            return self._talked(step)
        return [{"opened": self._opened, "estimated": self._estimated}.get(step.event, self._changed)(terms, step)]

    def _first(self, named: Stage | None, channel: Channel | None) -> str:
        """Where the ticket opens: as the step says, else as its channel's tickets do."""
        if named:
            return entered(self._regulation, named)
        return (channel and channel.opens_in) or opening(self._regulation)

    def _opened(self, terms: Terms, step: Step) -> Event:
        asked, defaults = self._ticket, self._regulation.defaults
        channel = terms.channel(asked.channel)
        place = step.stage if step.stage is not None else asked.stage
        self._category = terms.category(asked) or defaults.category
        self._stage = self._first(terms.stage(place) if place is not None else None, channel)
        return TicketOpened(
            at=step.at,
            ticket=TICKET,
            number="",
            requester="",
            channel=channel.id if channel else "",
            kind="",
            section="requests",
            subject="",
            text="",
            category=self._category,
            priority=terms.priority(asked.priority or defaults.priority),
            stage=self._stage,
            regulation=self._regulation.key,
            reply_to="",
            service=terms.service(asked.service),
            by=asked.by,
            sent_at=step.sent_at,
        )

    def _changed(self, terms: Terms, step: Step) -> Event:
        if step.event == "prioritized":
            priority = terms.priority(step.priority)
            return PriorityChanged(at=step.at, ticket=TICKET, priority=priority, previous="", agent="")
        service, category = terms.service(step.service), terms.category(step)
        if not (category or step.service):
            raise terms.wrong("category", "say what it is: write a category, a type or a service")
        self._category, previous = category or self._category, self._category
        return TicketClassified(
            at=step.at, ticket=TICKET, category=self._category, previous=previous, agent="", service=service
        )

    def _estimated(self, terms: Terms, step: Step) -> Event:
        stage = terms.stage(step.stage).id if step.stage is not None else self._stage
        if stage not in self._regulation.category(self._category).estimated:
            raise terms.wrong("stage", f"{stage} of {self._category} is not estimated: the plan's time holds (A-12b)")
        work = terms.work(step.work)
        return TicketEstimated(at=step.at, ticket=TICKET, stage=stage, work=work, agent="", reason="")

    def _moved(self, terms: Terms, step: Step) -> Iterator[Event]:
        """What intake would record; nothing where the ticket is there, but for a second solution (A-11)."""
        ways = Ways(terms, step, self._stage, self._category)
        if ways.there():
            stages = [self._stage] if step.event == "resolved" else []
        else:
            ways.refuse_late(self._closed_at)
            stages = ways.stages()
        for place, stage in enumerate(stages, 1):
            self._stage, previous = stage, self._stage
            self._waiting = False
            yield (MOVES[step.event] if place == len(stages) else _escalated)(step, stage, previous)
        if stages and step.event in ENDS:
            self._closed_at = step.at

    def _talked(self, step: Step) -> Iterator[Event]:
        """Going on without waiting is no message, so it says nothing (A-9, A-35)."""
        if step.event == "resumed" and not self._waiting:
            return
        self._waiting = step.event == "waiting" or (self._waiting and step.automatic)
        yield TALKS[step.event](step)


def _escalated(step: Step, stage: str, previous: str) -> Event:
    return TicketEscalated(at=step.at, ticket=TICKET, stage=stage, previous=previous, agent="")


def _resolved(step: Step, stage: str, previous: str) -> Event:
    return TicketResolved(at=step.at, ticket=TICKET, requester="", agent="", text="", stage=stage, previous=previous)


def _reopened(step: Step, stage: str, previous: str) -> Event:
    reason = step.reason or ""
    return TicketReopened(
        at=step.at, ticket=TICKET, requester="", by="requester", reason=reason, stage=stage, previous=previous
    )


def _closed(step: Step, stage: str, previous: str) -> Event:
    return TicketClosed(at=step.at, ticket=TICKET, by="requester", stage=stage, previous=previous)


def _requester_replied(step: Step) -> Event:
    automatic = "automatic" if step.automatic else ""
    return RequesterReplied(at=step.at, ticket=TICKET, requester="", text="", automatic=automatic)


def _agent_replied(step: Step) -> Event:
    """Also how an agent who goes on by himself says so (A-9)."""
    return AgentReplied(at=step.at, ticket=TICKET, requester="", agent="", text="")


def _waiting(step: Step) -> Event:
    return InformationRequested(at=step.at, ticket=TICKET, requester="", agent="", text="")


MOVES: Mapping[str, Callable[[Step, str, str], Event]] = {
    "escalated": _escalated,
    "returned": _escalated,
    "resolved": _resolved,
    "reopened": _reopened,
    "closed": _closed,
    "annulled": _closed,
}
TALKS: Mapping[str, Callable[[Step], Event]] = {
    "agent_replied": _agent_replied,
    "resumed": _agent_replied,
    "requester_replied": _requester_replied,
    "waiting": _waiting,
}
