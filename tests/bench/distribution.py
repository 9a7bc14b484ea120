"""Who gets it: CPU time of one assignment by agents and open tickets, and 10,000 real arrivals shared among a crew."""

import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
from contracts import Event, Meta, Recorded
from contracts.example import example
from contracts.intake import RegulationPublished, TicketClosed, TicketOpened, TicketResolved
from contracts.routing import (
    AbsenceRecorded,
    AgentRegistered,
    AgentWentOnline,
    RosterRevised,
    ShiftPlanned,
    SkewNoticed,
    TicketAssigned,
)
from contracts.streams import agent_stream, message_id, regulation_stream, roster_stream, ticket_stream
from eventlog.deciding import Decider
from eventlog.follow import RINGS
from regulation.channel import Distribution, Strategy
from regulation.document import Regulation
from regulation.load import load
from routing.reactor import RoutingReactor
from routing.state import State

from tests.bench.arena import Arena
from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
CSN = load(ROOT / "regulations" / "csn.yaml")
LOG = ROOT.parent / "shared" / "data" / "event-logs" / "helpdesk_italian.csv.gz"
SAMPLE = example(TicketOpened)
CREWS, OPEN, MEASURED = (10, 100, 1_000), (1_000, 100_000), 2_000
ARRIVALS = 10_000
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
ALWAYS_THERE, OTHERS = (
    ("anna", "boris", "vera", "gleb"),
    ("dina", "egor", "zoya", "ivan", "kira", "lev", "maya", "nina"),
)


class Cost(NamedTuple):
    """Microseconds of CPU per assignment, in runs."""

    agents: int
    tickets: int
    micros: list[float]


class Shared(NamedTuple):
    """What became of the arrivals."""

    turns: Counter[str]
    rules: Counter[str]
    skews: int
    waiting: int
    micros: float


def run(_: Arena) -> list[Figure]:
    """Every crew with few and with many open tickets; then the real arrivals, where the log lies beside us."""
    costs = [cost for agents in CREWS for cost in _costs(agents, Strategy.in_turn)]
    fewest = _costs(CREWS[-1], Strategy.least_loaded)[-1]
    figures = [_figure(each, "in turn") for each in costs] + [_figure(fewest, "least loaded")]
    return [*figures, *(_fairness(_arrivals()) if LOG.exists() else ())]


def _figure(cost: Cost, strategy: str) -> Figure:
    what = f"one assignment {strategy}: {cost.agents:,} agents, {cost.tickets:,} open tickets"
    return Figure(what=what, unit="µs CPU", ours=cost.micros)


def _fairness(found: Shared) -> list[Figure]:
    there = [found.turns[agent] for agent in ALWAYS_THERE]
    shares = ", ".join(f"{agent} {count}" for agent, count in sorted(found.turns.items()))
    rules = ", ".join(f"{rule} {count:,}" for rule, count in found.rules.most_common())
    note = f"{shares}; {rules}; {found.skews} skews told, {found.waiting} still wait"
    what = f"{ARRIVALS:,} real arrivals: max − min turns of the four who were always there"
    return [
        Figure(what=what, unit="turns", ours=[max(there) - min(there)], aim=1, sense="most", note=note),
        Figure(what="real arrivals, an event with all that follows", unit="µs CPU", ours=[found.micros]),
    ]


class Desk:
    """A log of our own and routing's decider on it."""

    def __init__(self, regulation: Regulation) -> None:
        self.decider: Decider[State] = Decider(RoutingReactor(), State(), 0)
        self.decided: list[Event] = []
        self._regulation, self._position = regulation, 0
        said = RegulationPublished(at=MONDAY, effective_from=MONDAY, **regulation.published())
        self.hear(MONDAY, said, regulation_stream(regulation.name))

    def hear(self, at: datetime, said: Event, stream: str) -> None:
        """One event is taken in and decided upon, and the next timer looked up, as the follower does."""
        self._position += 1
        own = message_id("bench", str(self._position))
        place = {"position": self._position, "id": own, "stream": stream, "version": 1, "recorded_at": at}
        step = self.decider.step([Recorded(**place, data=said, meta=Meta(correlation=own))])
        self.decided += [new.event for new in step.decided]
        self.decider.reactor.next_ring(self.decider.state)

    def ring(self, until: datetime) -> None:
        """Every timer that is due by then."""
        while (moment := self.decider.reactor.next_ring(self.decider.state)) and moment <= until:
            self.decided += [new.event for new in self.decider.ring(moment, RINGS).decided]

    def staff(self, agent: str, at: datetime) -> None:
        """Somebody who is there."""
        card = AgentRegistered(at=at, agent=agent, name=agent, groups=("support",))
        self.hear(at, card, agent_stream(agent))
        self.hear(at, AgentWentOnline(at=at, agent=agent, section="requests"), agent_stream(agent))

    def open(self, ticket: str, at: datetime) -> None:
        """A ticket came by mail."""
        self.hear(at, _opened(ticket, at, self._regulation), ticket_stream(ticket))


def _opened(ticket: str, at: datetime, regulation: Regulation) -> TicketOpened:
    facts = {"channel": "email", "section": "requests", "regulation": regulation.key, "service": "", "wanted": ""}
    return msgspec.structs.replace(SAMPLE, at=at, ticket=ticket, **facts)


def _costs(agents: int, strategy: Strategy) -> list[Cost]:
    rules = msgspec.structs.replace(CSN, version="bench", distribution=Distribution(strategy=strategy, skew=19))
    desk, found = Desk(rules), list[Cost]()
    for n in range(agents):
        desk.staff(f"agent-{n:04}", MONDAY)
    for tickets in OPEN:
        for n in range(len(desk.decider.state.tickets), tickets):
            desk.open(f"t{n}", MONDAY)
        found.append(Cost(agents, tickets, [_measured(desk, f"{tickets}-{n}") for n in range(3)]))
    return found


def _measured(desk: Desk, name: str) -> float:
    before = time.process_time()
    for n in range(MEASURED):
        desk.open(f"m-{name}-{n}", MONDAY)
    return (time.process_time() - before) / MEASURED * 1e6


Told = tuple[datetime, Event, str]


def _arrivals() -> Shared:
    """The log's cases told until there are enough, each round after the last one; a crew of twelve with its roster."""
    rules = Distribution(strategy=Strategy.in_turn, offline_at_shift_end=True)
    regulation = msgspec.structs.replace(CSN, version="real", distribution=rules)
    desk, work = Desk(regulation), sorted(_told(regulation), key=lambda each: each[0])
    crew = list(_crew(work[0][0].date(), work[-1][0].date()))
    before = time.process_time()
    for at, said, stream in sorted(chain(crew, work), key=lambda each: each[0]):
        desk.ring(at)
        desk.hear(at, said, stream)
    micros = (time.process_time() - before) / (len(crew) + len(work)) * 1e6
    given = [said for said in desk.decided if isinstance(said, TicketAssigned)]
    turns = Counter(said.agent for said in given if said.because.turn)
    rules_used = Counter(said.because.rule for said in given)
    skews = sum(isinstance(said, SkewNoticed) for said in desk.decided)
    waiting = sum(len(queue.waiting) for queue in desk.decider.state.queues.values())
    return Shared(turns, rules_used, skews, waiting, micros)


def _told(regulation: Regulation) -> Iterator[Told]:
    cases = list(_cases())
    span = -(-(max(ends for _, ends in cases) - min(starts for starts, _ in cases)) // WEEK) * WEEK
    rounds = chain.from_iterable(zip(cycle([n]), cases, strict=False) for n in range(1, ARRIVALS))
    for n, (turn, (starts, ends)) in enumerate(islice(rounds, ARRIVALS)):
        ticket, later = f"t{n}", (turn - 1) * span
        opened = _opened(ticket, starts, regulation)
        solved = TicketResolved(at=ends, ticket=ticket, requester="r", agent="", text="")
        yield starts + later, opened, ticket_stream(ticket)
        yield ends + later, solved, ticket_stream(ticket)
        yield ends + later + DAY, TicketClosed(at=ends, ticket=ticket, by="system"), ticket_stream(ticket)


def _cases() -> Iterator[tuple[datetime, datetime]]:
    """When each case began and ended."""
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        times: dict[str, list[datetime]] = {}
        for row in csv.DictReader(file):
            times.setdefault(row["case_id"], []).append(datetime.fromisoformat(row["time:timestamp"]))
    yield from sorted((min(each), max(each)) for each in times.values())


def _crew(first: date, last: date) -> Iterator[Told]:
    """Twelve people: four are there whenever anybody is, the others in two shifts and now and then ill."""
    monday = datetime(first.year, first.month, first.day, 5, tzinfo=UTC) - timedelta(days=first.weekday() + 7)
    for agent in (*ALWAYS_THERE, *OTHERS):
        card = AgentRegistered(at=monday, agent=agent, name=agent, groups=("support",))
        yield monday, card, agent_stream(agent)
    chance, revision = Random(1), 0
    while monday.date() <= last:
        revision += 1
        yield from _week(monday, revision, chance)
        monday += WEEK


def _week(monday: datetime, revision: int, chance: Random) -> Iterator[Told]:
    counts = {"planned": 60, "withdrawn": 0, "source": "json", "by": "lead"}
    revised = RosterRevised(at=monday, roster="main", revision=revision, **counts)  # type: ignore[arg-type]  # by name
    yield monday, revised, roster_stream("main")
    for day, (n, agent) in ((day, each) for day in range(5) for each in enumerate((*ALWAYS_THERE, *OTHERS))):
        early, hours = (0, 12) if agent in ALWAYS_THERE else (n % 2 * 4, 8)
        starts = monday + timedelta(days=day, hours=1 + early)
        yield from _shift(agent, monday, starts, starts + timedelta(hours=hours))
        if agent in OTHERS and chance.random() < 0.05:
            yield from _ill(agent, starts, revision * 5 + day)


def _shift(agent: str, planned: datetime, starts: datetime, ends: datetime) -> Iterable[Told]:
    shift = ShiftPlanned(at=planned, roster="main", agent=agent, starts=starts, ends=ends)
    online = AgentWentOnline(at=starts, agent=agent, section="requests")
    return [(planned, shift, roster_stream("main")), (starts, online, agent_stream(agent))]


def _ill(agent: str, starts: datetime, n: int) -> Iterable[Told]:
    away = {"absence": f"{agent}~{n}", "starts": starts, "ends": starts + DAY / 2}
    return [(starts, AbsenceRecorded(at=starts, agent=agent, reason="illness", **away), agent_stream(agent))]
