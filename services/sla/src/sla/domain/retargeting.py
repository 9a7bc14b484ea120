"""A promise recomputed because category, priority, an estimate or the regulation changed: from its own start, gaps
kept (A-7, A-12b, D2).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec
from contracts.sla import ClockRetargeted

from sla.domain.aiming import aim, explained
from sla.domain.clock import RUNNING, Clock
from sla.domain.moments import moment
from sla.domain.promise import AUTO_CLOSE, Promise
from sla.domain.rules import Rules
from sla.domain.ticket import RETARGETING
from sla.domain.timing import Decision, missing


class Occasion(NamedTuple):
    """One event of a ticket: which, of what kind, when by the log's clock, and the regulation the ticket is under.

    `second` is `at` in epoch seconds.
    """

    id: str
    kind: type
    at: datetime
    second: int
    ticket: str
    rules: Rules

    @property
    def cause(self) -> str:
        """How reasons name a change of targets; whoever comes back finds what was reclassified meanwhile."""
        return RETARGETING.get(self.kind, "reclassified")


def retargeted(clock: Clock, promise: Promise, on: Occasion) -> Iterator[Decision]:
    """The new target and deadline, if they are new; a deadline that is past by now is missed at once (A-7)."""
    target, rules = promise.seconds(moment(clock.started)), on.rules
    if (promise.plan, promise.calendar, target, rules.key) == (clock.plan, clock.calendar, clock.target, clock.rules):
        return
    since = clock.since if clock.state is RUNNING else on.second
    due = aim(promise, clock.started, clock.runs, since)
    spans = (*clock.runs, (since, max(since, due)))
    said = ClockRetargeted(
        at=on.at,
        clock=clock.id,
        ticket=on.ticket,
        target=target,
        due_at=moment(due),
        because=explained(promise, clock.started, spans, due, on.cause),
    )
    yield Decision(f"retargeted:{clock.name}", clock.id, said, rules.key)
    stopped = None if clock.state is RUNNING else clock.since
    if due != clock.due and due != stopped:  # what stopped exactly at its deadline is in time
        yield from missed_at_once(clock, due, clock.epoch + 1, on)


def missed_at_once(clock: Clock, due: int, epoch: int, on: Occasion) -> Iterator[Decision]:
    """A new deadline that is past already: `late` stays 0, since nobody could have noticed it earlier."""
    if due < on.at.timestamp() and clock.name != AUTO_CLOSE:
        said = missing(msgspec.structs.replace(clock, due=due), on.ticket, on.rules, cause=on.cause)
        yield Decision(f"missed:{clock.name}:{epoch}", clock.id, said, on.rules.key)
