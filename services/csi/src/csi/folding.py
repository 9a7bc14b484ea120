"""How events become state."""

from contracts import Event, Recorded
from contracts.csi import RatingExpired, RatingGiven, RatingRequested
from contracts.intake import (
    AgentReplied,
    PriorityChanged,
    RegulationPublished,
    TicketClassified,
    TicketClosed,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.routing import TicketAssigned, TicketTransferred
from eventlog.reactor import cause_of
from regulation.document import Regulation

from csi.state import Case, Pending, State

HEARS = (
    RegulationPublished,
    RatingRequested,
    RatingGiven,
    RatingExpired,
    TicketOpened,
    TicketReopened,
    TicketClosed,
    TicketClassified,
    TicketMigrated,
    PriorityChanged,
    TicketAssigned,
    TicketTransferred,
    AgentReplied,
    TicketResolved,
)
"""The kinds of events that `fold` makes anything of."""


def fold(state: State, event: Recorded[Event]) -> None:
    """Take one event into the state."""
    match event.data:
        case RegulationPublished(document=document):
            published = Regulation.from_document(document)
            state.regulations.pop(published.key, None)
            state.regulations[published.key] = published
        case RatingRequested(survey=survey, ticket=ticket, expires_at=expires_at):
            state.expect(survey, Pending(ticket, expires_at, cause_of(event)))
        case RatingGiven(survey=survey) | RatingExpired(survey=survey):
            state.settle(survey)
        case TicketOpened() as said:
            state.cases[said.ticket] = _case(said)
        case TicketReopened(ticket=ticket) as said:
            state.cases.setdefault(ticket, _case(said))
        case TicketClosed(ticket=ticket):
            state.cases.pop(ticket, None)
        case said:
            if case := state.cases.get(getattr(said, "ticket", "")):
                _change(case, said)


def _change(case: Case, said: Event) -> None:
    match said:
        case TicketClassified(category=category, service=service):
            case.category, case.service = category, service or case.service
        case TicketMigrated(regulation=regulation):
            case.regulation = regulation
        case PriorityChanged(priority=priority):
            case.priority = priority
        case TicketAssigned(agent=agent, group=group) | TicketTransferred(agent=agent, group=group):
            case.agent, case.group = agent, group
        case AgentReplied(agent=agent) | TicketResolved(agent=agent) if agent:
            case.agent = agent


def _case(said: TicketOpened | TicketReopened) -> Case:
    return Case(
        number=said.number,
        channel=said.channel,
        language=said.language,
        regulation=said.regulation,
        category=said.category,
        priority=said.priority,
        service=said.service,
    )
