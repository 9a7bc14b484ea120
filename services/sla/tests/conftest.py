"""A desk of one ticket whose events are told at Moscow times; what sla decides about them is kept."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.intake import (
    AgentReplied,
    InformationRequested,
    PriorityChanged,
    RegulationPublished,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.sla import ClockCancelled, ClockMet, DeadlineApproaching, DeadlineBreached
from eventlog.deciding import Decider
from eventlog.store import New
from regulation.document import Regulation
from regulation.load import load
from sla.reactor import SlaReactor
from sla.state import State

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
MOSCOW = ZoneInfo("Europe/Moscow")
SECOND = timedelta(seconds=1)


def msk(text: str) -> datetime:
    """`2026-03-16 10:00` of Moscow in UTC; that day is a Monday of a plain week."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


class Desk:
    """Tells a reactor what happens and rings its timers on the way, as a follower that is never late does."""

    def __init__(self, regulation: Regulation = CSN) -> None:
        self.decider: Decider[State] = Decider(SlaReactor(), State(), 0)
        self.said: list[New] = []
        self.told: list[Recorded[Event]] = []
        self.now = msk("2026-01-01 00:00")
        self.punctual = True
        self.publish(regulation)

    def publish(self, regulation: Regulation) -> None:
        document = msgspec.json.decode(regulation.to_json())
        hashed = regulation.hash
        at, name, version = self.now, regulation.name, regulation.version
        self.tell(
            RegulationPublished(at=at, name=name, version=version, hash=hashed, effective_from=at, document=document)
        )

    def tell(self, said: Event, at: datetime | None = None) -> list[Event]:
        """Record an event at this time; what is decided because of it, timers on the way not included."""
        self.now = at or self.now
        if self.punctual:
            self.wait(self.now)
        number = len(self.told) + 1
        event_id = str(UUID(int=number))
        event = Recorded(
            position=number,
            id=event_id,
            stream=f"ticket-{getattr(said, 'ticket', 'x')}",
            version=number,
            recorded_at=self.now,
            data=said,
            meta=Meta(correlation="c-1"),
        )
        self.told.append(event)
        step = self.decider.step([event])
        assert not step.parked, step.parked
        return self._keep(step.decided)

    def wait(self, until: datetime) -> None:
        """Let every timer before this moment ring in time."""
        while (ring := self.decider.reactor.next_ring(self.decider.state)) and ring < until:
            self.ring(min(ring + SECOND / 1000, until))

    def ring(self, now: datetime, limit: int = 1000) -> list[Event]:
        return self._keep(self.decider.ring(now, limit).decided)

    def _keep(self, decided: Iterable[New]) -> list[Event]:
        new = list(decided)
        self.said += new
        return [each.event for each in new]

    def of(self, kind: type[Event]) -> list[Any]:
        return [each.event for each in self.said if isinstance(each.event, kind)]

    @property
    def breaches(self) -> list[tuple[str, datetime]]:
        return [(said.name, said.at) for said in self.of(DeadlineBreached)]

    @property
    def warnings(self) -> list[tuple[int, datetime]]:
        return [(said.percent, said.at) for said in self.of(DeadlineApproaching)]

    @property
    def ended(self) -> list[str]:
        return [f"{type(each).__name__} {each.name}" for each in self.of(ClockMet) + self.of(ClockCancelled)]

    def opened(self, at: str, priority: str = "normal", category: str = "project-question", **more: str) -> list[Event]:
        return self.tell(opened(msk(at), priority=priority, category=category, **more), msk(at))

    def escalated(self, at: str, stage: str, previous: str = "", **more: str) -> list[Event]:
        return self.tell(
            TicketEscalated(at=msk(at), ticket="t", stage=stage, previous=previous, agent="anna", **more), msk(at)
        )

    def asked(self, at: str) -> list[Event]:
        return self.tell(InformationRequested(at=msk(at), ticket="t", requester="r", agent="anna", text=""), msk(at))

    def answered(self, at: str, automatic: str = "") -> list[Event]:
        said = RequesterReplied(at=msk(at), ticket="t", requester="r", text="", automatic=automatic)
        return self.tell(said, msk(at))

    def replied(self, at: str) -> list[Event]:
        return self.tell(AgentReplied(at=msk(at), ticket="t", requester="r", agent="anna", text=""), msk(at))

    def classified(self, at: str, category: str) -> list[Event]:
        return self.tell(TicketClassified(at=msk(at), ticket="t", category=category, previous="", agent="a"), msk(at))

    def prioritized(self, at: str, priority: str) -> list[Event]:
        return self.tell(PriorityChanged(at=msk(at), ticket="t", priority=priority, previous="", agent="a"), msk(at))

    def resolved(self, at: str) -> list[Event]:
        return self.tell(TicketResolved(at=msk(at), ticket="t", requester="r", agent="anna", text=""), msk(at))

    def reopened(self, at: str, **facts: str) -> list[Event]:
        return self.tell(TicketReopened(at=msk(at), ticket="t", requester="r", by="requester", **facts), msk(at))

    def closed(self, at: str, stage: str = "closed") -> list[Event]:
        return self.tell(TicketClosed(at=msk(at), ticket="t", by="requester", stage=stage), msk(at))


def opened(at: datetime, **fields: str) -> TicketOpened:
    given = {"ticket": "t", "category": "project-question", "priority": "normal", "stage": "level1", **fields}
    return TicketOpened(
        at=at,
        number="T-1",
        requester="r",
        channel="email",
        kind="email",
        section="requests",
        subject="",
        text="",
        regulation="csn",
        reply_to="",
        **given,
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="session")
def desk_of() -> type[Desk]:
    return Desk
