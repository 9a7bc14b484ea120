"""Queues in which nobody takes work: the head hears of each once, until somebody takes work there again (A-16)."""

from contracts.routing import NobodyOnline, TicketAssigned

from notify.domain.ticket import State


def stand(state: State, said: NobodyOnline) -> None:
    """One more ticket waits in this queue."""
    queue = queue_of(state, said)
    state.standing[queue] = state.standing.get(queue, 0) + 1


def move(state: State, said: TicketAssigned) -> None:
    """Somebody was dealt work of this queue; what a person gave by hand does not mean that anybody is there."""
    if said.agent and said.because.rule != "manual":
        state.standing.pop(queue_of(state, said), None)


def told_before(state: State, said: NobodyOnline) -> bool:
    """Whether this ticket, which the state already counts, is not the first that waits there."""
    return state.standing.get(queue_of(state, said), 0) > 1


def queue_of(state: State, said: NobodyOnline | TicketAssigned) -> str:
    """The group's work of the section in which the ticket came, as people are Online in sections (R0-18)."""
    held = state.tickets.get(said.ticket)
    return f"{said.group}/{held.section if held else ''}"
