"""A desk of one ticket whose events are told at Moscow times; what sla decides about them is kept."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
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
    TicketEstimated,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.sla import ClockCancelled, ClockMet, DeadlineApproaching, DeadlineBreached
from eventlog.deciding import Decider
from eventlog.store import New
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from regulation.calendar import Calendar
from regulation.document import Regulation
from regulation.load import load
from regulation.timeline import Timelines
from servicekit import keys
from servicekit.app import create_app
from servicekit.keys import Role, issue
from sla.http import router, state_of
from sla.reactor import SlaReactor
from sla.settings import SlaSettings
from sla.state import State

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
MOSCOW = ZoneInfo("Europe/Moscow")
SECOND = timedelta(seconds=1)
QUESTION = "project-question"


def metrics(target: str, *, soft: bool = False) -> dict[str, Any]:
    title = {"ru": target, "en": target}
    advice = {"advice": {"ru": "Передайте на вторую линию", "en": "Move it to line 2"}} if soft else {}
    return {"id": target, "title": title, "measures": target, "target": target, "soft": soft, **advice}


Document = dict[str, Any]
Change = Callable[[Document], object]


def changed(change: Change, regulation: Regulation = CSN) -> Regulation:
    """A regulation after a change to its document."""
    document = msgspec.json.decode(regulation.to_json())
    change(document)
    return Regulation.from_document(document)


def measured(*changes: Change) -> Regulation:
    """CSN with metrics: most plans supply numbers, the management's none; chats and a service have a plan of their own.

    It is named `metered`, and is then as `changes` leave it.
    """
    document = msgspec.json.decode(CSN.to_json()) | {"name": "metered"}
    document["metrics"] = [metrics("first_response"), metrics("next_response"), metrics("resolution")]
    numbers = {"standard-support": ("30 мин", "1 час", "2 дня"), "paperwork": ("4 часа", "8 часов", "10 дней")}
    for plan in document["plans"]:
        written = numbers.get(plan["id"], ("15 мин", "30 мин", "1 день"))
        supplied = ("not supplied",) * 3 if plan["id"] == "management" else written
        plan["targets"] |= dict(zip(("first_response", "next_response", "resolution"), supplied, strict=True))
    document["services"] = [{"id": "mail", "title": {"ru": "Почта", "en": "Mail"}}]
    document["plan_rules"] = [{"plan": "outage", "services": ["mail"]}, {"plan": "outage", "channels": ["telegram"]}]
    for change in changes:
        change(document)
    return Regulation.from_document(document)


def msk(text: str) -> datetime:
    """`2026-03-16 10:00` of Moscow in UTC; that day is a Monday of a plain week."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


@lru_cache
def lines(calendar: Calendar) -> Timelines:
    """What an equal calendar has computed already, since every desk has calendars of its own."""
    return calendar.timelines


class Desk:
    """Tells a reactor what happens and rings its timers on the way, as a follower that is never late does."""

    def __init__(self, regulation: Regulation = CSN) -> None:
        self.decider: Decider[State] = Decider(SlaReactor(), State(), 0)
        self.said: list[New] = []
        self.told: list[Recorded[Event]] = []
        self.now = msk("2026-01-01 00:00")
        self.punctual = True
        self.regulation = regulation.name
        self.publish(regulation)

    def publish(self, regulation: Regulation) -> None:
        self.tell(RegulationPublished(at=self.now, effective_from=self.now, **regulation.published()))
        for calendar in self.decider.state.rules[regulation.key].regulation.calendars.values():
            calendar.__dict__["timelines"] = lines(calendar)

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

    def opened(
        self, at: str, priority: str = "normal", category: str = "project-question", **more: object
    ) -> list[Event]:
        more = {"regulation": self.regulation, **more}
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

    def classified(self, at: str, category: str, service: str = "") -> list[Event]:
        said = TicketClassified(at=msk(at), ticket="t", category=category, previous="", agent="a", service=service)
        return self.tell(said, msk(at))

    def estimated(self, at: str, stage: str, work: str) -> list[Event]:
        said = TicketEstimated(at=msk(at), ticket="t", stage=stage, work=work, agent="a", reason="grows")
        return self.tell(said, msk(at))

    def migrated(self, at: str, to: str) -> list[Event]:
        said = TicketMigrated(at=msk(at), ticket="t", regulation=to, previous="", who="an admin")
        return self.tell(said, msk(at))

    def prioritized(self, at: str, priority: str) -> list[Event]:
        return self.tell(PriorityChanged(at=msk(at), ticket="t", priority=priority, previous="", agent="a"), msk(at))

    def resolved(self, at: str) -> list[Event]:
        return self.tell(TicketResolved(at=msk(at), ticket="t", requester="r", agent="anna", text=""), msk(at))

    def reopened(self, at: str, **facts: str) -> list[Event]:
        return self.tell(TicketReopened(at=msk(at), ticket="t", requester="r", by="requester", **facts), msk(at))

    def closed(self, at: str, stage: str = "closed") -> list[Event]:
        return self.tell(TicketClosed(at=msk(at), ticket="t", by="requester", stage=stage), msk(at))


def opened(at: datetime, **fields: object) -> TicketOpened:
    given: dict[str, Any] = {"ticket": "t", "category": "project-question", "priority": "normal", "stage": "level1"}
    given |= {"regulation": "csn", "channel": "email", **fields}
    return TicketOpened(
        at=at,
        number="T-1",
        requester="r",
        kind="email",
        section="requests",
        subject="",
        text="",
        reply_to="",
        **given,
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="session")
def desk_of() -> type[Desk]:
    return Desk


@pytest.fixture(scope="session")
def regulation_of() -> Callable[..., Regulation]:
    """CSN with metrics, changed as wanted."""
    return measured


@pytest.fixture(scope="session")
def changed_of() -> Callable[[Change], Regulation]:
    """CSN after a change."""
    return changed


@pytest.fixture
def metered() -> Desk:
    """A desk under a regulation that also measures responses and the resolution."""
    return Desk(measured())


class Door:
    """The doors that need no database, over HTTP, where CSN is published."""

    def __init__(self, app: FastAPI, key: str) -> None:
        self._app = app
        self._headers = {"Authorization": f"Bearer {key}"}

    def post(self, path: str, body: object) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sla.example") as client:
                return await client.post(path, json=body, headers=self._headers)

        return asyncio.run(asked())


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    ring = tmp_path_factory.mktemp("ring") / "keys.json"
    key, entry = issue("a lead", Role.lead)
    keys.write(ring, [entry])
    settings, provider = SlaSettings(keys=ring), TracerProvider()
    app = create_app("sla", description="", settings=settings, routers=[router], provider=provider)
    state = Desk().decider.state
    app.dependency_overrides[state_of] = lambda: state
    return Door(app, key)
