"""`POST /preview`: the very reactor of the service, with a virtual time and no log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from contracts import Event, Meta, Recorded
from contracts.intake import RegulationPublished
from contracts.reasons import Deadline
from contracts.sla import ClockResumed, ClockRetargeted, ClockStarted
from contracts.streams import message_id
from eventlog.deciding import Decider
from eventlog.store import New
from pydantic import BaseModel, Field
from regulation.document import Regulation
from regulation.load import RegulationError, load
from regulation.timeline import WorkingTimeError
from servicekit.moments import Moment
from servicekit.problems import Malformed, fault
from servicekit.text import Text

from sla.answers import ClockAnswer, from_clock
from sla.reactor import SlaReactor
from sla.settings import DEFAULT
from sla.state import State
from sla.steps import Asked, Step
from sla.timeline import TICKET, Telling, Told

JUST_AFTER = timedelta(microseconds=1)
STEPS = 1000
AIMED = ClockStarted | ClockResumed | ClockRetargeted
"""What gives a clock its deadline."""


class Preview(BaseModel):
    """A hypothetical ticket under a named or inline regulation, seen `as_of` (its last event, if not given)."""

    regulation: Text | dict[str, Any] = DEFAULT  # Any: checked by the regulation's own reader
    ticket: Asked = Asked()
    timeline: list[Step] = Field(min_length=1, max_length=STEPS)
    as_of: Moment | None = None


class Previewed(BaseModel):
    """Every clock the ticket would have by then."""

    regulation: str
    as_of: datetime
    clocks: list[ClockAnswer]


class Played(NamedTuple):
    """A timeline played to its end: the state it leads to, and everything that was decided."""

    state: State
    decided: list[New]


def preview(asked: Preview, known: Mapping[str, Regulation]) -> Previewed:
    """What would become of the clocks; raises Malformed for a ticket that the regulation cannot know."""
    regulation = regulation_of(asked.regulation, known)
    as_of = asked.as_of or max(step.at for step in asked.timeline)
    steps = [step for step in asked.timeline if step.at <= as_of]
    told = list(Telling(regulation, asked.ticket).events(steps))
    try:
        clocks = _answers(play(regulation, told, as_of), as_of)
    except (WorkingTimeError, OverflowError) as error:
        raise Malformed(str(error), [fault(("body", "as_of"), str(error))]) from error
    return Previewed(regulation=regulation.key, as_of=as_of, clocks=clocks)


def _answers(played: Played, as_of: datetime) -> list[ClockAnswer]:
    why = _reasons(played.decided)
    ticket = played.state.tickets.get(TICKET)
    had = ticket.clocks if ticket else ()
    return [from_clock(each, why[each.id], played.state.rules[each.rules], as_of) for each in had]


def play(regulation: Regulation, events: list[Told], until: datetime) -> Played:
    """Let the reactor decide on these events and on the time between and after them."""
    decider: Decider[State] = Decider(SlaReactor(), State(), 0)
    decided: list[New] = []
    begin = min([until, *(told.at for told in events)])
    publishing = RegulationPublished(at=begin, effective_from=begin, **regulation.published())
    for number, at, said in [Told(0, begin, publishing), *events]:
        decided += _ring(decider, at)
        step = decider.step([_recorded(decider.position + 1, at, said)])
        if step.parked:
            detail = step.parked[0].reason.partition(": ")[2]
            raise Malformed(detail, [fault(("body", "timeline", number), detail)])
        decided += step.decided
    return Played(decider.state, decided + _ring(decider, until))


def _ring(decider: Decider[State], until: datetime) -> list[New]:
    decided: list[New] = []
    while (ring := decider.reactor.next_ring(decider.state)) and ring < until:
        decided += decider.ring(min(ring + JUST_AFTER, until), STEPS).decided
    return decided


def _recorded(position: int, at: datetime, said: Event) -> Recorded[Event]:
    return Recorded(
        position=position,
        id=message_id(TICKET, str(position)),
        stream=f"ticket-{TICKET}",
        version=position,
        recorded_at=at,
        data=said,
        meta=Meta(),
    )


def _reasons(decided: list[New]) -> dict[str, Deadline]:
    said = (each.event for each in decided)
    return {each.clock: each.because for each in said if isinstance(each, AIMED)}


def regulation_of(wanted: str | dict[str, Any], known: Mapping[str, Regulation]) -> Regulation:  # Any: as above
    """The regulation that is named or written out; raises Malformed."""
    if isinstance(wanted, dict):
        try:
            return load(msgspec.json.encode(wanted))
        except RegulationError as error:
            faults = [fault(("body", "regulation"), message) for message in error.messages]
            raise Malformed("Correct the inline regulation.", faults) from error
    if wanted not in known:
        names = ", ".join(known)
        detail = f"This regulation is not published, or not in force yet: write one of [{names}] or the whole of it."
        raise Malformed(detail)
    return known[wanted]
