from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.intake import RegulationPublished, TicketClosed, TicketOpened, TicketReopened, TicketResolved
from contracts.routing import AgentRegistered, AgentWentOffline, AgentWentOnline, ShiftPlanned, TicketAssigned
from contracts.streams import assignment_stream, regulation_stream, roster_stream, ticket_stream
from eventlog.deciding import Decider
from eventlog.store import New
from regulation.document import Regulation
from regulation.load import load
from routing.reactor import RoutingReactor
from routing.state import State

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""Ten o'clock in Moscow, in hours."""


class Play:
    """A log of our own and routing's decider on it; `settle` lets it take in everything, page by page."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.log: list[Recorded[Event]] = []
        self.versions: Counter[str] = Counter()
        self.decider = Decider(RoutingReactor(), State(), 0)
        self.publish(CSN)

    def publish(self, regulation: Regulation) -> None:
        document = msgspec.json.decode(regulation.to_json())
        self.say(
            RegulationPublished(
                at=self.now,
                name=regulation.name,
                version=regulation.version,
                hash=regulation.hash,
                effective_from=self.now,
                document=document,
            ),
            regulation_stream(regulation.name),
        )

    def say(self, said: Event, stream: str) -> Recorded[Event]:
        return self._record(str(UUID(int=len(self.log) + 1)), said, stream, Meta())

    def land(self, decided: Sequence[New]) -> None:
        for new in decided:
            self._record(new.id, new.event, new.stream, new.meta)

    def settle(self) -> None:
        while self.decider.position < len(self.log):
            self.land(self.decider.step(self.log[self.decider.position :]).decided)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)
        ring = self.decider.reactor.next_ring(self.decider.state)
        if ring is not None and ring <= self.now:
            self.land(self.decider.ring(self.now, 1000).decided)
        self.settle()

    def _record(self, event_id: str, said: Event, stream: str, meta: Meta) -> Recorded[Event]:
        self.versions[stream] += 1
        place = {"position": len(self.log) + 1, "id": event_id, "stream": stream, "version": self.versions[stream]}
        self.log.append(Recorded(**place, recorded_at=self.now, data=said, meta=meta))
        return self.log[-1]

    def agent(self, agent: str, *groups: str, online: str = "requests chat", in_distribution: bool = True) -> None:
        groups = groups or ("support", "duty")
        card = AgentRegistered(at=self.now, agent=agent, name=agent, groups=groups, in_distribution=in_distribution)
        self.say(card, f"agent-{agent}")
        for section in online.split():
            self.online(agent, section)

    def online(self, agent: str, section: str = "requests") -> None:
        self.say(AgentWentOnline(at=self.now, agent=agent, section=section), f"agent-{agent}")

    def offline(self, agent: str, section: str = "requests") -> None:
        self.say(AgentWentOffline(at=self.now, agent=agent, section=section), f"agent-{agent}")

    def shift(self, agent: str, after: float, hours: float) -> None:
        starts = self.now + timedelta(hours=after)
        ends = starts + timedelta(hours=hours)
        self.say(ShiftPlanned(at=self.now, roster="main", agent=agent, starts=starts, ends=ends), roster_stream("main"))

    def open(self, ticket: str, channel: str = "email") -> None:
        section = CSN.channel(channel).section.value
        what = {"ticket": ticket, "number": ticket, "requester": "r", "channel": channel, "kind": "email"}
        texts = {"section": section, "subject": "", "text": "", "reply_to": ""}
        stage = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": "csn@1"}
        self.say(TicketOpened(at=self.now, **what, **texts, **stage), ticket_stream(ticket))

    def resolve(self, ticket: str) -> None:
        self.say(TicketResolved(at=self.now, ticket=ticket, requester="r", agent="", text=""), ticket_stream(ticket))

    def close(self, ticket: str) -> None:
        self.say(TicketClosed(at=self.now, ticket=ticket, by="system"), ticket_stream(ticket))

    def reopen(self, ticket: str) -> None:
        said = TicketReopened(
            at=self.now, ticket=ticket, requester="r", by="requester", number=ticket, channel="email", regulation="csn"
        )
        self.say(said, ticket_stream(ticket))

    def given(self, ticket: str) -> list[TicketAssigned]:
        mine = [each.data for each in self.log if each.stream == assignment_stream(ticket)]
        return [said for said in mine if isinstance(said, TicketAssigned)]

    def owners(self, *tickets: str) -> list[str]:
        return [self.given(ticket)[-1].agent for ticket in tickets]

    def turns(self) -> Counter[str]:
        said = [each.data for each in self.log if isinstance(each.data, TicketAssigned)]
        return Counter(each.agent for each in said if each.because.turn)

    def rebuilt(self) -> State:
        """The state that somebody has who reads the whole log at once."""
        other = Decider(RoutingReactor(), State(), 0)
        other.fold(self.log)
        return other.state


@pytest.fixture
def play() -> Play:
    return Play()


@pytest.fixture(scope="session")
def new_play() -> Callable[[], Play]:
    return Play
