"""A hypothetical ticket's life as `POST /preview` takes it, told as the events it would be."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Literal

from contracts import Event
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from pydantic import AliasChoices, AwareDatetime, BaseModel, Field
from regulation.document import Regulation
from regulation.stage import Kind, Stage
from regulation.term import Term
from servicekit.problems import Malformed, fault
from servicekit.text import Text

TICKET = "preview"
Happening = Literal[
    "opened",
    "agent_replied",
    "requester_replied",
    "waiting",
    "resumed",
    "classified",
    "prioritized",
    "escalated",
    "returned",
    "resolved",
    "reopened",
    "closed",
]


class Asked(BaseModel):
    """The ticket as declared: terms by id or by title; what a regulation does not look at is taken and ignored."""

    category: Text | None = None
    priority: Text | None = None
    channel: Text | None = None
    stage: Text | None = None


class Step(BaseModel):
    """What happens when; `stage` (or its number) for a transition, else the only or the next one is meant."""

    at: AwareDatetime
    event: Happening
    category: Text | None = None
    priority: Text | None = None
    stage: Annotated[Text | int | None, Field(validation_alias=AliasChoices("stage", "to", "level"))] = None
    automatic: bool = False


class Telling:
    """Turns steps into events, keeping the stage as the ticket goes; raises Malformed where a step is impossible."""

    def __init__(self, regulation: Regulation, ticket: Asked) -> None:
        self._regulation = regulation
        self._ticket = ticket
        self._stage = regulation.stages_of(Kind.new)[0].id

    def events(self, steps: list[Step]) -> Iterator[tuple[datetime, Event]]:
        """The steps in order of time, the first of them the opening."""
        ordered = sorted(enumerate(steps), key=lambda each: each[1].at)
        for place, (number, step) in enumerate(ordered):
            if (place == 0) != (step.event == "opened"):
                raise _wrong(number, "event", "a ticket is opened once, before anything else happens")
            yield step.at, self._told(number, step)

    def _told(self, number: int, step: Step) -> Event:
        if step.event == "opened":
            return self._opened(number, step)
        if step.event in ("classified", "prioritized"):
            return self._reclassified(number, step)
        return self._moved(number, step) if step.event in MOVES else TALKS[step.event](step)

    def _reclassified(self, number: int, step: Step) -> Event:
        if step.event == "classified":
            category = self._term(number, "category", step.category, self._regulation.find_category)
            return TicketClassified(at=step.at, ticket=TICKET, category=category, previous="", agent="")
        priority = self._term(number, "priority", step.priority, self._regulation.find_priority)
        return PriorityChanged(at=step.at, ticket=TICKET, priority=priority, previous="", agent="")

    def _opened(self, number: int, step: Step) -> Event:
        known, asked = self._regulation, self._ticket
        category = self._term(number, "category", asked.category or known.defaults.category, known.find_category)
        priority = self._term(number, "priority", asked.priority or known.defaults.priority, known.find_priority)
        self._stage = self._to(number, step.stage or asked.stage) if step.stage or asked.stage else self._first()
        return TicketOpened(
            at=step.at,
            ticket=TICKET,
            number="",
            requester="",
            channel=asked.channel or "",
            kind="",
            section="requests",
            subject="",
            text="",
            category=category,
            priority=priority,
            stage=self._stage,
            regulation=known.name,
            reply_to="",
        )

    def _moved(self, number: int, step: Step) -> Event:
        self._stage = self._to(number, step.stage) if step.stage is not None else self._next(number, step.event)
        return MOVES[step.event](step, self._stage)

    def _first(self) -> str:
        """Where a new ticket goes by itself (R1-03)."""
        return next((each.id for each in self._regulation.exits(self._stage)), self._stage)

    def _to(self, number: int, wanted: str | int | None) -> str:
        work = self._regulation.stages_of(Kind.work)
        if isinstance(wanted, int):
            if not 0 < wanted <= len(work):
                raise _wrong(number, "stage", f"write a level from 1 to {len(work)}")
            return work[wanted - 1].id
        return self._term(number, "stage", wanted, self._regulation.find_stage)

    def _next(self, number: int, event: str) -> str:
        """The one stage that is meant where none is named."""
        if event in KINDS:
            meant: tuple[Stage, ...] = self._regulation.stages_of(KINDS[event])
        else:
            order = [each.id for each in self._regulation.stages]
            onward = [each for each in self._regulation.exits(self._stage) if each.kind is Kind.work]
            forth = event == "escalated"
            meant = tuple(e for e in onward if (order.index(e.id) > order.index(self._stage)) == forth)
        if not meant:
            raise _wrong(number, "stage", f"nothing leads on from {self._stage}: name the `stage`")
        return meant[0].id

    def _term(self, number: int, field: str, wanted: str | None, find: Callable[[str], Term | None]) -> str:
        found = find(wanted) if wanted else None
        if found is None:
            raise _wrong(number, field, f"the regulation knows no such {field}: write its id or its title")
        return found.id


def _wrong(number: int, field: str, detail: str) -> Malformed:
    return Malformed(detail, [fault(("body", "timeline", number, field), detail)])


def _escalated(step: Step, stage: str) -> Event:
    return TicketEscalated(at=step.at, ticket=TICKET, stage=stage, previous="", agent="")


def _resolved(step: Step, stage: str) -> Event:
    return TicketResolved(at=step.at, ticket=TICKET, requester="", agent="", text="", stage=stage)


def _reopened(step: Step, stage: str) -> Event:
    return TicketReopened(at=step.at, ticket=TICKET, requester="", by="requester", stage=stage)


def _closed(step: Step, stage: str) -> Event:
    return TicketClosed(at=step.at, ticket=TICKET, by="requester", stage=stage)


def _requester_replied(step: Step) -> Event:
    automatic = "automatic" if step.automatic else ""
    return RequesterReplied(at=step.at, ticket=TICKET, requester="", text="", automatic=automatic)


def _agent_replied(step: Step) -> Event:
    """Also how an agent who goes on by himself says so (A-9)."""
    return AgentReplied(at=step.at, ticket=TICKET, requester="", agent="", text="")


def _waiting(step: Step) -> Event:
    return InformationRequested(at=step.at, ticket=TICKET, requester="", agent="", text="")


KINDS = {"resolved": Kind.resolved, "reopened": Kind.reopened, "closed": Kind.closed}
MOVES: Mapping[str, Callable[[Step, str], Event]] = {
    "escalated": _escalated,
    "returned": _escalated,
    "resolved": _resolved,
    "reopened": _reopened,
    "closed": _closed,
}
TALKS: Mapping[str, Callable[[Step], Event]] = {
    "agent_replied": _agent_replied,
    "resumed": _agent_replied,
    "requester_replied": _requester_replied,
    "waiting": _waiting,
}
