"""What happened to a ticket, told from the log alone: every line is an event, every reason its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts import Event, Recorded
from contracts.csi import RatingGiven, RatingRequested
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    RequesterReplied,
    TicketClassified,
    TicketEscalated,
    TicketOpened,
    TicketResolved,
)
from contracts.notify import DeliveryFailed, DeliveryIntended, DeliverySent, DeliverySuppressed
from contracts.reasons import Assignment
from contracts.routing import NobodyOnline, TicketAssigned
from contracts.sla import ClockMet, ClockPaused, ClockResumed, ClockStarted, DeadlineBreached
from rich.console import Console
from rich.text import Text

from reglament.screen import counted

ZONE = ZoneInfo("Europe/Moscow")


def tell(console: Console, title: str, events: Sequence[Recorded[Event]]) -> None:
    """Print one ticket's story."""
    number = next((e.data.number for e in events if isinstance(e.data, TicketOpened)), "")
    console.print(f"\n[bold]{number}[/bold]  {title}")
    intents = {e.data.delivery: e.data for e in events if isinstance(e.data, DeliveryIntended)}
    for event in events:
        if line := _said(event.data, intents):
            console.print(
                Text(f"  {event.recorded_at.astimezone(ZONE):%H:%M:%S}  ", style="dim"), line, sep="", end="\n"
            )


def _said(data: Event, intents: dict[str, DeliveryIntended]) -> Text | None:
    match data:
        case TicketOpened():
            machine = f", written by a machine ({data.automatic})" if data.automatic else ""
            return _line("opened", f"by {data.channel}: {data.category}, {data.priority}{machine}", "cyan")
        case TicketAssigned():
            return _line("assigned", f"to {data.agent or 'the group ' + data.group}: {_why(data.because)}", "green")
        case NobodyOnline():
            return _line("nobody", f"of {data.group} can take it now; the head is told", "red")
        case ClockStarted() | ClockResumed() | ClockPaused() | ClockMet() | DeadlineBreached():
            return _clock(data)
        case DeliverySent() | DeliverySuppressed() | DeliveryFailed():
            return _delivery(data, intents.get(data.delivery))
        case _:
            return _people(data)


def _people(data: Event) -> Text | None:
    match data:
        case TicketClassified(category=category, previous=previous):
            return _line("classified", f"{previous} → {category}", "cyan")
        case TicketEscalated(stage=stage, previous=previous):
            return _line("moved", f"{previous} → {stage}", "cyan")
        case AgentReplied(agent=agent):
            return _line("answered", f"by {agent}", "cyan")
        case InformationRequested(agent=agent):
            return _line("asked", f"by {agent}: the ticket waits for the requester", "cyan")
        case RequesterReplied():
            return _line("answered", "by the requester", "cyan")
        case TicketResolved(agent=agent):
            return _line("resolved", f"by {agent}", "bold cyan")
        case RatingRequested(agent=agent, group=group):
            return _line("survey", f"about the work of {agent or group}", "magenta")
        case _:
            return _rating(data)


def _rating(data: Event) -> Text | None:
    if not isinstance(data, RatingGiven):
        return None
    return _line("rated", "★" * data.score + "☆" * (5 - data.score), "bold magenta")


def _why(because: Assignment) -> str:
    out = [f"{each.agent} {each.excluded}" for each in because.candidates if each.excluded]
    asked = len(because.candidates) - len(out)
    words = {
        "turn": f"in turn, among {asked} who could",
        "sticky": "the same as before",
        "out-of-hours": f"outside the hours of “{because.coverage}”",
        "nobody-eligible": "in hours, but nobody could",
        "manual": "by hand",
    }
    return words[because.rule] + (f" (not {'; '.join(out)})" if out else "")


def _clock(data: Any) -> Text:  # noqa: ANN401  # one of five clock events, told apart below
    match data:
        case ClockStarted(name=name, due_at=due, because=because):
            stretches = counted(len(because.slices), "stretch", "stretches")
            return _line(
                "deadline",
                f"{name}: {because.written} → {_shown(due)}  ({because.plan}, {stretches})",
                "yellow",
            )
        case ClockPaused(left=left):
            return _line("paused", f"{_span(left)} of working time left", "yellow")
        case ClockResumed(due_at=due):
            return _line("resumed", f"now due {_shown(due)}", "yellow")
        case ClockMet(name=name, worked=worked, breached=breached):
            return _line("late" if breached else "in time", f"{name}: {_span(worked)} of working time", "yellow")
        case _:
            return _line("BREACHED", f"{data.name}, due {_shown(data.due_at)}", "bold red")


def _delivery(data: Any, intent: DeliveryIntended | None) -> Text | None:  # noqa: ANN401  # one of three outcomes
    if intent is None:
        return None
    what = f"{intent.template.replace('_', ' ')} to the {intent.audience} by {intent.medium}"
    match data:
        case DeliverySent():
            return _line("sent", what, "blue")
        case DeliverySuppressed(rule=rule):
            return _line("not sent", f"{what}: {rule}", "dim")
        case _:
            return _line("NOT SENT", f"{what}: {data.reason}", "red")


def _line(word: str, rest: str, style: str) -> Text:
    return Text.assemble((f"{word:<11}", style), rest)


def _shown(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%a %d.%m. %H:%M}"


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
