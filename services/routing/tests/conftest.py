import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from contracts import Event, Meta, Recorded
from contracts.intake import RegulationPublished, TicketClosed, TicketOpened, TicketReopened, TicketResolved
from contracts.routing import AgentRegistered, AgentWentOffline, AgentWentOnline, ShiftPlanned, TicketAssigned
from contracts.streams import assignment_stream, regulation_stream, roster_stream, ticket_stream
from embedded.nats import Nats
from eventlog.deciding import Decider
from eventlog.feed import Feed
from eventlog.postgres import PostgresLog, connect
from eventlog.store import NEXT, New
from eventlog.vault import Vault
from regulation.document import Regulation
from regulation.load import load
from routing.app import create
from routing.reactor import RoutingReactor
from routing.state import State
from servicekit.keys import Role, issue, write
from testkit.servers import Database

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""Ten o'clock in Moscow, in hours."""
NOW = datetime.now(UTC)
MASTER = b64encode(bytes(range(32))).decode()


class Play:
    """A log of our own and routing's decider on it; `settle` lets it take in everything, page by page."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.log: list[Recorded[Event]] = []
        self.versions: Counter[str] = Counter()
        self.decider = Decider(RoutingReactor(), State(), 0)
        self.publish(CSN)

    def publish(self, regulation: Regulation) -> None:
        begins = datetime.combine(regulation.effective_from, time(), UTC)
        said = RegulationPublished(at=self.now, effective_from=begins, **regulation.published())
        self.say(said, regulation_stream(regulation.name))

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


class Intake:
    """What intake would record, and a client for every role."""

    def __init__(self, log: PostgresLog, http: httpx.AsyncClient, keys: dict[str, str]) -> None:
        self.log, self.http, self.keys = log, http, keys

    async def say(self, said: Event, stream: str, mint: frozenset[str] = frozenset()) -> int:
        new = New(id=str(uuid4()), stream=stream, version=NEXT, event=said, meta=Meta())
        return (await self.log.append([new], mint)).last

    async def ready(self) -> None:
        """Wait until the follower holds what was published."""
        while (await self.http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.02)
        await self.get("/queues", after=1)

    async def publish(self) -> None:
        said = RegulationPublished(at=NOW, effective_from=NOW, **CSN.published())
        await self.say(said, regulation_stream("csn"))

    async def open(self, ticket: str) -> None:
        """A ticket is opened and the follower has given it to somebody."""
        what = {"ticket": ticket, "number": "T-1", "requester": ticket, "channel": "email", "kind": "email"}
        texts = {"section": "requests", "subject": "s", "text": "t", "reply_to": "i@example.com"}
        stage = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": "csn@1"}
        await self.say(TicketOpened(at=NOW, **what, **texts, **stage), ticket_stream(ticket), {ticket})
        await self.given(ticket, 1)

    async def given(self, ticket: str, times: int) -> None:
        """Wait until the ticket has been given to somebody so many times, and the views know."""
        while len(given := await self.log.read(assignment_stream(ticket))) < times:
            await asyncio.sleep(0.01)
        await self.get("/queues", after=given[-1].position)

    async def call(self, verb: str, path: str, body: object = None, who: str = "lead") -> httpx.Response:
        return await self.http.request(verb, path, json=body, headers={"Authorization": f"Bearer {self.keys[who]}"})

    async def get(self, path: str, who: str = "lead", after: int = 0) -> list[dict[str, object]]:
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Reglament-After": str(after)}
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def agent(self, agent: str, *groups: str, online: bool = True) -> None:
        await self.call("PUT", f"/agents/{agent}", {"name": agent.title(), "groups": groups or ["support"]})
        if online:
            await self.call("POST", f"/agents/{agent}/presence", {"section": "requests", "online": True})


@pytest.fixture
async def intake(
    database: Database, nats_server: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Intake]:
    names = [(role.value, role) for role in Role] + [("anna", Role.agent), ("boris", Role.agent)]
    issued = {name: issue(name, role) for name, role in names}
    write(tmp_path / "ring.json", [entry for _, entry in issued.values()])
    environment = {"DATABASE_URL": database.url_for("routing"), "NATS_URL": nats_server.url, "MASTER_KEY": MASTER}
    for name, value in (environment | {"KEYS": str(tmp_path / "ring.json")}).items():
        monkeypatch.setenv(f"REGLAMENT_{name}", value)
    app, pool, feed = create(), await connect(database.url_for("intake")), Feed(nats_server.url)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing.example")
    log = PostgresLog(pool, Vault(MASTER), feed.publish)
    found = Intake(log, http, {name: key for name, (key, _) in issued.items()})
    feed.start()
    await found.publish()
    async with app.router.lifespan_context(app), http:
        await found.ready()
        yield found
    await log.close()
    await feed.stop()
    await pool.close()
