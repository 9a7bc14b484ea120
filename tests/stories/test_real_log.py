"""A real help desk's log, replayed as tickets under csn: every clock ends or is open, is explained, comes out again.

The log is an Italian software company's, anonymised, 2010 to 2014; it lies beside the repository and is not part of it.
Every third of its 4,580 cases is told as a ticket's events to the sla service's own reactor, in virtual time.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.example import example
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
from contracts.sla import (
    AutoCloseDue,
    ClockCancelled,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    DeadlineApproaching,
    DeadlineBreached,
    VendorOverran,
)
from contracts.streams import message_id, ticket_stream
from eventlog.deciding import Decider
from regulation.document import Regulation
from regulation.load import load
from regulation.worktime import Slice, between, due
from sla.reactor import SlaReactor
from sla.state import State

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "event-logs" / "helpdesk_italian.csv.gz"
pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason="the shared help-desk log is absent: ../shared/data/event-logs"
)

EVERY = 3
LATER = timedelta(microseconds=1)
ZERO, SECOND = timedelta(), timedelta(seconds=1)
NEVER = datetime.max.replace(tzinfo=UTC)
LEVELS = ("level1", "level2", "level3", "level4")
PRIORITIES = {"Value 1": "normal", "Value 2": "urgent", "Value 3": "critical", "Value 4": "critical"}
CATEGORIES = ("project-question", "defect", "module-setup", "hosting-problem", "new-function", "service-change")
Row = dict[str, str]
AIMS = (ClockStarted, ClockResumed, ClockRetargeted)


class Said(NamedTuple):
    at: datetime
    ticket: str
    event: Event


class Life:
    """One case of the log as a ticket of csn; what the log leaves out is told as the least there must have been."""

    def __init__(self, case: str) -> None:
        self._ticket = message_id("real-log", case)
        self._stage, self._priority, self._group = "", "", ""
        self._waiting = False

    def told(self, row: Row) -> Iterator[Said]:
        at = datetime.fromisoformat(row["time:timestamp"])
        for event in self._events(row):
            yield Said(at, self._ticket, msgspec.structs.replace(event, at=at, ticket=self._ticket))

    def _events(self, row: Row) -> Iterator[Event]:
        if not self._stage:
            yield self._opened(row)
        if self._waiting:
            self._waiting = False
            yield _like(RequesterReplied, automatic="")
        if self._stage in ("resolved", "closed") and row["concept:name"] in WORK:
            yield self._to("reopened", TicketReopened, regulation="csn@1", category="", priority="")
        if row["concept:name"] in TOLD:
            yield from TOLD[row["concept:name"]](self, row)

    def _opened(self, row: Row) -> Event:
        self._stage, self._priority, self._group = "level1", PRIORITIES[row["seriousness_2"]], row["workgroup"]
        facts = {"regulation": "csn@1", "service": "", "stage": "new", "channel": "email", "by": "requester"}
        return _like(TicketOpened, category=CATEGORIES[0], priority=self._priority, sent_at=None, **facts)

    def rated(self, row: Row) -> Iterator[Event]:
        priority = PRIORITIES[row["seriousness_2"]]
        if priority != self._priority:
            self._priority = priority
            yield _like(PriorityChanged, priority=priority)

    def taken(self, row: Row) -> Iterator[Event]:
        yield _like(AgentReplied)
        if self._stage == "level1":
            number = int(row["product"].removeprefix("Value ")) % len(CATEGORIES)
            yield _like(TicketClassified, category=CATEGORIES[number], service="")
            yield from self._climbed("level2")
        elif self._stage == "level2" and row["workgroup"] != self._group:
            yield from self._climbed("level3")
        self._group = row["workgroup"]

    def waited(self, row: Row) -> Iterator[Event]:
        self._waiting = self._stage in LEVELS
        yield _like(InformationRequested)

    def handed_to_vendor(self, row: Row) -> Iterator[Event]:
        yield from self._climbed("level4")

    def scheduled(self, row: Row) -> Iterator[Event]:
        yield from self._climbed("level3")

    def returned(self, row: Row) -> Iterator[Event]:
        if self._stage == "level4":
            yield self._to("level3", TicketEscalated)

    def resolved(self, row: Row) -> Iterator[Event]:
        if self._stage not in ("resolved", "closed"):
            yield from self._climbed("level2")
            yield self._to("resolved", TicketResolved)

    def closed(self, row: Row) -> Iterator[Event]:
        yield from self.resolved(row)
        if self._stage != "closed":
            yield self._to("closed", TicketClosed)

    def annulled(self, row: Row) -> Iterator[Event]:
        if self._stage == "level1":
            yield self._to("annulled", TicketClosed)

    def _climbed(self, to: str) -> Iterator[Event]:
        while self._stage in LEVELS and LEVELS.index(self._stage) < LEVELS.index(to):
            yield self._to(LEVELS[LEVELS.index(self._stage) + 1], TicketEscalated)

    def _to(self, stage: str, kind: type[Event], **facts: str) -> Event:
        previous, self._stage = self._stage, stage
        return _like(kind, stage=stage, previous=previous, **facts)


TOLD: dict[str, Callable[[Life, Row], Iterator[Event]]] = {
    "Assign seriousness": Life.rated,
    "Take in charge ticket": Life.taken,
    "Wait": Life.waited,
    "Require upgrade": Life.handed_to_vendor,
    "Create SW anomaly": Life.handed_to_vendor,
    "Resolve SW anomaly": Life.returned,
    "Schedule intervention": Life.scheduled,
    "Resolve ticket": Life.resolved,
    "RESOLVED": Life.resolved,
    "Closed": Life.closed,
    "INVALID": Life.annulled,
    "DUPLICATE": Life.annulled,
}
WORK = {"Take in charge ticket", "Wait", "Require upgrade", "Create SW anomaly", "Schedule intervention"}


def _like(kind: type[Event], **facts: object) -> Event:
    return msgspec.structs.replace(example(kind), **facts)


def log() -> list[Said]:
    """The events of the cases, in the order of their times."""
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cases = dict.fromkeys(row["case_id"] for row in rows)
    lives = {case: Life(case) for number, case in enumerate(cases) if number % EVERY == 0}
    chosen = [row for row in rows if row["case_id"] in lives]
    ordered = sorted(chosen, key=lambda row: row["time:timestamp"])
    return [said for row in ordered for said in lives[row["case_id"]].told(row)]


def replayed(said: Sequence[Said], regulation: Regulation, restarts: int = 0) -> list[Event]:
    """What the sla service decides; with `restarts` it is stopped so often, and goes on from its snapshot."""
    decider: Decider[State] = Decider(SlaReactor(), State(), 0)
    published = _published(regulation, said[0].at)
    decided: list[Event] = []
    for number, each in enumerate([published, *said]):
        decided += _rung(decider, each.at)
        step = decider.step([_recorded(number + 1, each)])
        assert not step.parked, step.parked
        decided += [new.event for new in step.decided]
        if restarts and number % (len(said) // restarts) == 1:
            decider = _restarted(decider)
    return decided


def _restarted(decider: Decider[State]) -> Decider[State]:
    reactor = decider.reactor
    return Decider(reactor, reactor.restored(reactor.stored(decider.state)), decider.position, decider.pending)


def _rung(decider: Decider[State], until: datetime) -> list[Event]:
    decided: list[Event] = []
    while (ring := decider.reactor.next_ring(decider.state)) and ring < until:
        decided += [new.event for new in decider.ring(min(ring + LATER, until), 1000).decided]
    return decided


def _recorded(position: int, said: Said) -> Recorded[Event]:
    own = message_id("real-log-event", str(position))
    stream = ticket_stream(said.ticket) if said.ticket else "regulation-csn"
    meta = Meta(correlation=own)
    return Recorded(
        position=position, id=own, stream=stream, version=position, recorded_at=said.at, data=said.event, meta=meta
    )


def _published(regulation: Regulation, at: datetime) -> Said:
    return Said(at, "", RegulationPublished(at=at, effective_from=at, **regulation.published()))


class Story:
    """One clock as its own events tell it, without a look at the service's state."""

    def __init__(self, first: ClockStarted) -> None:
        self.name, self.calendar, self.started = first.name, first.because.calendar, first.at
        self.runs: list[Slice] = []
        self.due, self.target, self.since = first.due_at, first.target, first.at
        self.ended, self.rests_since = "", NEVER
        self.missed = self.retargeted = False

    def hear(self, said: Event) -> None:
        if isinstance(said, AIMS):
            self._aim(said)
        elif isinstance(said, ClockPaused):
            self._rest(said.at)
        elif isinstance(said, DeadlineBreached | VendorOverran):
            self.missed = True
        elif isinstance(said, ClockMet | ClockCancelled | AutoCloseDue):
            self._rest(said.at)
            self.ended = type(said).__name__

    def _aim(self, said: ClockStarted | ClockResumed | ClockRetargeted) -> None:
        self.due = said.due_at
        if isinstance(said, ClockRetargeted):
            self.target, self.calendar, self.retargeted = said.target, said.because.calendar, True
        elif isinstance(said, ClockResumed):
            self.since, self.ended, self.rests_since = said.at, "", NEVER

    def _rest(self, at: datetime) -> None:
        if at < self.rests_since:
            self.runs.append((self.since, at))
            self.rests_since = at

    @property
    def pauses(self) -> list[Slice]:
        return [(before[1], after[0]) for before, after in zip(self.runs, self.runs[1:], strict=False)]


class Replay(NamedTuple):
    said: list[Said]
    decided: list[Event]
    clocks: dict[str, Story]


@pytest.fixture(scope="module")
def csn() -> Regulation:
    return load(ROOT / "regulations" / "csn.yaml")


@pytest.fixture(scope="module")
def replay(csn: Regulation) -> Replay:
    said = log()
    decided = replayed(said, csn)
    clocks: dict[str, Story] = {}
    for each in decided:
        assert isinstance(each, (*AIMS, ClockPaused, ClockMet, ClockCancelled, *TIMERS))
        if isinstance(each, ClockStarted):
            assert each.clock not in clocks
            clocks[each.clock] = Story(each)
        clocks[each.clock].hear(each)
    return Replay(said, decided, clocks)


TIMERS = (DeadlineApproaching, DeadlineBreached, VendorOverran, AutoCloseDue)


def test_every_ticket_has_clocks_and_every_clock_is_met_cancelled_or_open(replay: Replay) -> None:
    owners = {each.ticket for each in replay.decided if isinstance(each, ClockStarted)}
    found = Counter(clock.ended or "open" for clock in replay.clocks.values())

    assert owners == {said.ticket for said in replay.said}
    assert set(found) == {"ClockMet", "ClockCancelled", "AutoCloseDue", "open"}
    assert len(owners) > 1500


def test_every_deadline_is_explained_by_slices_that_sum_to_its_target(replay: Replay) -> None:
    """D3: to the second, in order, apart, up to the deadline."""
    target: dict[str, int] = {}
    for said in replay.decided:
        if isinstance(said, AIMS):
            target[said.clock] = getattr(said, "target", None) or target[said.clock]
            slices = said.because.slices
            assert sum((end - begin for begin, end in slices), ZERO) == target[said.clock] * SECOND
            edges = [edge for part in slices for edge in part]
            assert edges == sorted(edges)
            assert edges[-1] == said.due_at


def test_every_deadline_is_the_start_plus_the_target_in_working_time_minus_pauses(
    replay: Replay, csn: Regulation
) -> None:
    for clock in replay.clocks.values():
        hours, target = csn.calendar(clock.calendar), clock.target * SECOND

        assert due(hours, clock.started, target, clock.pauses) == clock.due


def test_what_was_worked_is_told_to_the_second(replay: Replay, csn: Regulation) -> None:
    met = {each.clock: each for each in replay.decided if isinstance(each, ClockMet)}
    for clock, said in met.items():
        story = replay.clocks[clock]
        worked = between(csn.calendar(story.calendar), story.started, said.at, story.pauses)

        assert story.ended != "ClockMet" or said.worked * SECOND == worked


def test_a_clock_was_missed_exactly_when_it_outlived_its_deadline(replay: Replay) -> None:
    """A recorded breach stays when the target is changed later (A-7)."""
    last = max(said.at for said in replay.said)
    for clock in replay.clocks.values():
        outlived = min(clock.rests_since, last) > clock.due

        assert clock.name == "auto-close" or clock.retargeted or clock.missed == outlived


def test_nobody_is_told_twice_that_a_deadline_was_missed(replay: Replay) -> None:
    """I9: once a clock and deadline; some tickets of a real log are late, some wait, some are never answered."""
    missed = [each for each in replay.decided if isinstance(each, DeadlineBreached | VendorOverran)]
    paused = sum(isinstance(each, ClockPaused) for each in replay.decided)

    assert len({(each.clock, each.due_at) for each in missed}) == len(missed) > 100
    assert paused > 100


def digest(decided: Sequence[Event]) -> str:
    return sha256(msgspec.json.encode(decided)).hexdigest()


def test_a_second_run_with_restarts_in_between_decides_the_very_same(replay: Replay, csn: Regulation) -> None:
    """I17, D6: byte for byte."""
    assert digest(replayed(replay.said, csn, restarts=7)) == digest(replay.decided)
