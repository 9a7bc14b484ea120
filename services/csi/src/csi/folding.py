"""How events become state."""

from contracts import Event, Recorded
from contracts.csi import RatingExpired, RatingGiven, RatingRequested
from contracts.intake import (
    AgentReplied,
    PriorityChanged,
    RegulationPublished,
    TicketClassified,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.routing import TicketAssigned, TicketTransferred
from eventlog.reactor import cause_of

from csi.state import Case, Pending, Plans, State


def fold(state: State, event: Recorded[Event]) -> None:
    """Take one event into the state."""
    match event.data:
        case RegulationPublished(name=name, version=version, document=document):
            state.plans[name] = Plans(version, document.get("plan_table", {}))
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
        case TicketClassified(category=category):
            case.category = category
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
    )
