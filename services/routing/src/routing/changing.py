"""How a ticket changes together with all that is counted, waits or is watched because of it."""

from datetime import datetime
from sys import intern

from contracts import Event, Recorded
from eventlog.reactor import cause_of

from routing.held import Held, Queue
from routing.state import State

COUNTED = frozenset({"agent", "section", "line", "resolved", "paused"})
"""What of a ticket decides whose open work it is."""


def reshape(state: State, held: Held, **values: object) -> None:
    """Change what a ticket is; what is counted, waits or is watched because of it follows."""
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if not changed:
        return
    waited, counted = held.waits, not COUNTED.isdisjoint(changed)
    wait_no_more(state, held)
    if counted:
        state.desk.count(held, -1)
    for name in changed:
        setattr(held, name, values[name])
    if counted:
        state.desk.count(held, 1)
    if waited:
        wait(state, held)
    if state.takes_back(held):
        state.watch.begin(held.ticket)


def act(state: State, held: Held, at: datetime, event: Recorded[Event]) -> None:
    """Somebody got the ticket or did something about it; the latest counts, in whatever order it is heard of."""
    if state.takes_back(held) and (at, event.id) > (held.acted, held.last.id if held.last else ""):
        held.acted, held.last = at, cause_of(event)
        state.watch.begin(held.ticket)


def wait(state: State, held: Held) -> None:
    """The ticket waits for an agent."""
    if not held.resolved:
        held.waits = key = held.queue
        state.queues.setdefault(key, Queue()).waiting[held.ticket] = held
        state.wakings.pop(key, None)
        rerank(state, held)


def wait_no_more(state: State, held: Held) -> None:
    """Somebody has the ticket, or nobody needs to."""
    if not held.waits:
        return
    key, held.waits = held.waits, ""
    waiting = state.queues[key].waiting
    del waiting[held.ticket]
    if key in state.orders:
        state.orders[key].drop(held.ticket)
    if not waiting:
        del state.queues[key]
        state.orders.pop(key, None)
        state.wakings.pop(key, None)


def remember_owner(state: State, ticket: str, agent: str) -> None:
    """Who has a ticket that is not open, if anybody: it goes back to him (A-13)."""
    if agent:
        state.owners[ticket] = intern(agent)
    else:
        state.owners.pop(ticket, None)


def rerank(state: State, held: Held) -> None:
    """Its deadline or what else its place depends on changed."""
    if held.waits in state.orders:
        state.orders[held.waits].put(held.ticket, state.rank(held))
