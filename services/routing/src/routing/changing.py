"""How a ticket changes together with all that is counted, waits or is watched because of it."""

from datetime import datetime
from sys import intern

from eventlog.reactor import Cause

from routing.held import Held, Queue
from routing.state import State


def reshape(state: State, held: Held, **values: object) -> None:
    """Change what a ticket is; what is counted, waits or is watched because of it follows."""
    changed = {name: value for name, value in values.items() if getattr(held, name) != value}
    if not changed:
        return
    queue = state.queues.get(held.queue)
    waits = queue is not None and held.ticket in queue.waiting
    wait_no_more(state, held)
    state.desk.count(held, -1)
    for name, value in changed.items():
        setattr(held, name, value)
    state.desk.count(held, 1)
    if waits:
        wait(state, held)
    state.watch.begin(held.ticket)


def act(state: State, held: Held, at: datetime, cause: Cause) -> None:
    """Somebody got the ticket or did something about it; the latest counts, in whatever order it is heard of."""
    if state.takes_back(held) and (at, cause.id) > (held.acted, held.last.id if held.last else ""):
        held.acted, held.last = at, cause
        state.watch.begin(held.ticket)


def wait(state: State, held: Held) -> None:
    """The ticket waits for an agent."""
    if not held.resolved:
        state.queues.setdefault(held.queue, Queue()).waiting[held.ticket] = held
        state.wakings.pop(held.queue, None)
        rerank(state, held)


def wait_no_more(state: State, held: Held) -> None:
    """Somebody has the ticket, or nobody needs to."""
    queue = state.queues.get(held.queue)
    if queue is None or held.ticket not in queue.waiting:
        return
    del queue.waiting[held.ticket]
    if held.queue in state.orders:
        state.orders[held.queue].drop(held.ticket)
    if not queue.waiting:
        del state.queues[held.queue]
        state.orders.pop(held.queue, None)
        state.wakings.pop(held.queue, None)


def remember_owner(state: State, ticket: str, agent: str) -> None:
    """Who has a ticket that is not open, if anybody: it goes back to him (A-13)."""
    if agent:
        state.owners[ticket] = intern(agent)
    else:
        state.owners.pop(ticket, None)


def rerank(state: State, held: Held) -> None:
    """Its deadline or what else its place depends on changed."""
    queue = state.queues.get(held.queue)
    if queue and held.ticket in queue.waiting and held.queue in state.orders:
        state.orders[held.queue].put(held.ticket, state.rank(held))
