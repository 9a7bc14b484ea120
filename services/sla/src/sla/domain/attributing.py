"""Whose every second of a ticket was (D9): a pure function of the ticket's own events. Spans are whole seconds."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from contracts import Event, Recorded
from contracts.intake import TicketClosed, TicketMerged, TicketOpened, TicketReopened, TicketUnmerged
from regulation.stage import ENDED, Kind, Owner
from regulation.worktime import between

from sla.domain.hearing import evolve, opened
from sla.domain.moments import SECOND, moment, second
from sla.domain.rules import Rules
from sla.domain.ticket import ANSWERS, HEARD, Ticket

REQUESTER, VENDOR, NOBODY = "requester", "vendor", "nobody"
LEVELS = ("L1", "L2", "L3")
PARTIES = (REQUESTER, *LEVELS, VENDOR, NOBODY)


class Span(NamedTuple):
    """The time between two events of a ticket: in what kind of stage, whose it is, how much was worked."""

    since: int
    until: int
    kind: Kind
    party: str
    worked: int

    @property
    def total(self) -> int:
        """Elapsed seconds."""
        return self.until - self.since


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds by party, which sum to `total`; None where there was no answer yet (A-34), 0 where no reopening (A-13).

    What lies outside the plan's calendar is nobody's. `worked` figures are working time, the others elapsed time.
    """

    opened: int
    until: int
    total: int
    parties: dict[str, int]
    first_response: int | None
    first_response_worked: int | None
    reopened: int
    reopened_worked: int


Versions = Callable[[str], Rules]
"""The published version of this name."""


ENDS = TicketClosed | TicketMerged
"""What ends a ticket's time: its closing, or its going on in another one."""


def attributed(events: Sequence[Recorded[Event]], versions: Versions, now: datetime) -> Attribution | None:
    """Who had the ticket from its opening to its closing, or to `now`; None where nothing was opened.

    Raises what `versions` raises for a version that was never published.
    """
    spans = list(_spans(_lived(events), versions, now))
    if not spans:
        return None
    again = [span for span in spans if span.kind is Kind.reopened]
    answer = _answered(events)
    before = [span for span in spans if answer is not None and span.until <= answer]
    return Attribution(
        opened=spans[0].since,
        until=spans[-1].until,
        total=sum(span.total for span in spans),
        parties=_shared(spans),
        first_response=None if answer is None else sum(span.total for span in before),
        first_response_worked=None if answer is None else sum(span.worked for span in before),
        reopened=sum(span.total for span in again),
        reopened_worked=sum(span.worked for span in again),
    )


def _shared(spans: Sequence[Span]) -> dict[str, int]:
    parties = dict.fromkeys(PARTIES, 0)
    for span in spans:
        parties[span.party] += span.worked if span.party != NOBODY else span.total
        parties[NOBODY] += span.total - span.worked if span.party != NOBODY else 0
    return parties


def _answered(events: Sequence[Recorded[Event]]) -> int | None:
    """When a person on the agents' side first spoke to a requester who had written (A-34, A-35)."""
    if isinstance(events[0].data, TicketOpened) and events[0].data.by == "agent":
        return None
    return next((second(each.recorded_at) for each in events if isinstance(each.data, ANSWERS)), None)


def _lived(events: Sequence[Recorded[Event]]) -> list[Recorded[Event]]:
    """What happened until the ticket was closed for good, or until now."""
    heard = [each for each in events if isinstance(each.data, HEARD)]
    ends = [place for place, each in enumerate(heard) if isinstance(each.data, ENDS | TicketReopened | TicketUnmerged)]
    closed = bool(ends) and isinstance(heard[ends[-1]].data, ENDS)
    return heard[: ends[-1] + 1] if closed else heard


def _spans(events: Sequence[Recorded[Event]], versions: Versions, now: datetime) -> Iterator[Span]:
    if not events or not isinstance(events[0].data, TicketOpened):
        return
    ticket, level = opened(events[0].data, events[0], from_sending=False), LEVELS[0]
    at = second(events[0].recorded_at)
    for event in (*events[1:], None):
        rules = versions(ticket.regulation)
        level = _level(rules, rules.entry(ticket.stage)) or level
        until = max(at, second(event.recorded_at if event else now))
        if event or not isinstance(events[-1].data, ENDS):
            yield _span(ticket, rules, (at, until), level)
        if event:
            evolve(ticket, event.data, second(event.recorded_at))
        at = until


def _span(ticket: Ticket, rules: Rules, run: tuple[int, int], level: str) -> Span:
    since, until = run
    stage = rules.entry(ticket.stage)
    plan = rules.regulation.plan_for(*ticket.cell)
    worked = between(rules.hours(plan.calendar), moment(since), moment(until)) // SECOND
    return Span(since, until, rules.regulation.stage(stage).kind, _party(ticket, rules, stage, level), worked)


def _party(ticket: Ticket, rules: Rules, stage: str, level: str) -> str:
    here = rules.regulation.stage(stage)
    if ticket.closed_at:
        return NOBODY
    if ticket.waiting or here.kind is Kind.resolved or here.owner is Owner.requester:
        return REQUESTER
    if here.kind in ENDED or here.owner is Owner.nobody:
        return NOBODY
    return VENDOR if here.owner is Owner.vendor else level


def _level(rules: Rules, stage: str) -> str:
    """The level of a stage: its own, else by its place among the working stages; "" where none of the team works."""
    here, work = rules.regulation.stage(stage), rules.regulation.stages_of(Kind.work)
    if here.level:
        return here.level
    if here.kind is not Kind.work or here.owner is not Owner.team:
        return ""
    return LEVELS[min(work.index(here), len(LEVELS) - 1)]
