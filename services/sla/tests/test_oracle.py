"""I9: breaches are a function of the log. An oracle that walks one list of facts, against what the reactor decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import Event, Recorded
from contracts.intake import InformationRequested
from eventlog.deciding import Decider
from eventlog.reactor import provisional
from eventlog.store import New
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.worktime import between, due
from sla.reactor import SlaReactor
from sla.state import State

Desk = Any
DeskOf = Callable[[], Desk]
History = list[tuple[str, int]]
START = datetime(2026, 3, 13, 12, tzinfo=UTC)
MSK = timedelta(hours=3)
NEXT = {"level1": "level2", "level2": "level3", "level3": "level4", "level4": "level3"}
CATEGORIES = ("defect", "accounting-documents", "project-question", "management-question")
PRIORITIES = ("normal", "urgent", "critical")
VERBS = st.sampled_from(["ask", "answer", "reply", "automatic", "escalate", "resolve", "reopen", "close"])
STEPS = VERBS | st.sampled_from([f"category {each}" for each in CATEGORIES] + [f"priority {p}" for p in PRIORITIES])
HISTORIES = st.lists(st.tuples(STEPS, st.integers(0, 90_000)), max_size=14)


def local(at: datetime) -> str:
    return (at + MSK).replace(tzinfo=None).isoformat(" ")


class Facts:
    """A ticket as a person with a calendar would keep it: no events, no timers, no epochs but deadlines tried."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.category, self.priority, self.stage = "defect", "normal", "level1"
        self.waiting = False
        self.at = START
        self.stays: dict[str, list[tuple[datetime, datetime]]] = {}
        self.starts = {"level1": START}
        self.run: datetime | None = START
        self.due = self.deadline()
        self.expected: list[tuple[str, datetime]] = []
        self.told = False
        self.overdue: set[str] = set()
        self.targets: dict[str, tuple[str, int]] = {"level1": self.target("level1")}

    def target(self, stage: str) -> tuple[str, int]:
        rules = self.desk.decider.state.rules["csn@1"].regulation
        plan = rules.plan_for(self.category, self.priority)
        return plan.id, int(rules.target(plan.id, stage).work().total_seconds())

    def deadline(self) -> datetime:
        hours = self.desk.decider.state.rules["csn@1"].hours("office")
        left = timedelta(seconds=self.target(self.stage)[1])
        for begun, ended in self.stays.get(self.stage, []):
            done = between(hours, begun, ended)
            if done >= left:
                return due(hours, begun, left)
            left -= done
        return due(hours, self.run or self.at, left)

    def live(self) -> bool:
        return self.stage in NEXT

    def check(self, upto: datetime) -> None:
        """The running clock's deadline is missed if it lies strictly before `upto`."""
        if self.live() and self.run and not self.told and self.due < upto:
            self.miss()

    def miss(self) -> None:
        self.told = True
        if self.stage != "level4":
            self.expected.append((self.stage, self.due))

    def stop(self) -> None:
        if self.run:
            self.stays.setdefault(self.stage, []).append((self.run, self.at))
        self.run = None

    def enter(self, stage: str) -> None:
        if self.live():
            self.stop()
            self.overdue = self.overdue | {self.stage} if self.told else self.overdue - {self.stage}
        known = stage in self.targets
        self.stage, self.waiting = stage, False
        if self.live():
            self.run = self.at
            was, self.targets[stage] = self.targets.get(stage), self.target(stage)
            moved = known and was != self.targets[stage]
            self.told = stage in self.overdue and not moved
            self.due = self.deadline()
            if known and (not moved or self.just_kept()):
                self.due = max(self.due, self.at)
            if moved and self.due < self.at:
                self.miss()

    def reclassify(self) -> None:
        if not self.live() or self.targets[self.stage] == self.target(self.stage):
            return
        before = self.due
        self.targets[self.stage] = self.target(self.stage)
        self.due = self.deadline()
        if self.due != before:
            self.told = False
            if self.due < self.at and not (self.run is None and self.just_kept()):
                self.miss()

    def just_kept(self) -> bool:
        """Whether it was stopped exactly at its deadline."""
        return self.due == self.stays[self.stage][-1][1]


def tell(desk: Desk, facts: Facts, step: str) -> None:
    """The same step to the reactor and to the facts, where it is possible at all."""
    verb, _, term = step.partition(" ")
    now = local(facts.at)
    simple = {"ask": desk.asked, "answer": desk.answered, "reply": desk.replied}
    if verb == "category":
        desk.classified(now, term)
        facts.category = term
        facts.reclassify()
    elif verb == "priority":
        desk.prioritized(now, term)
        facts.priority = term
        facts.reclassify()
    elif verb == "automatic":
        desk.answered(now, automatic="vacation")
    elif verb in simple:
        simple[verb](now)
        wait(facts, waiting=verb == "ask")
    else:
        move(desk, facts, verb, now)


def wait(facts: Facts, *, waiting: bool) -> None:
    if facts.live() and waiting and not facts.waiting:
        facts.stop()
    if facts.live() and not waiting and facts.waiting:
        facts.run = facts.at
        facts.due = facts.due if facts.told else facts.deadline()
    facts.waiting = waiting


def move(desk: Desk, facts: Facts, verb: str, now: str) -> None:
    if verb == "escalate" and facts.live():
        desk.escalated(now, NEXT[facts.stage], facts.stage)
        facts.enter(NEXT[facts.stage])
    elif verb == "resolve" and facts.stage not in ("resolved", "closed"):
        desk.resolved(now)
        facts.enter("resolved")
    elif verb == "reopen" and facts.stage in ("resolved", "closed"):
        desk.reopened(now)
        facts.enter("reopened")
    elif verb == "close" and facts.stage in ("resolved", "reopened"):
        desk.closed(now)
        facts.enter("closed")


def played(desk: Desk, history: list[tuple[str, int]]) -> Facts:
    desk.opened(local(START), category="defect")
    facts = Facts(desk)
    for step, later in history:
        facts.at += timedelta(seconds=later)
        facts.check(facts.at)
        tell(desk, facts, step)
    facts.at += timedelta(days=200)
    facts.check(facts.at)
    desk.wait(facts.at)
    desk.ring(facts.at, 10_000)
    return facts


@settings(max_examples=50, deadline=None)
@given(history=HISTORIES, punctual=st.booleans())
def test_i9_breaches_are_those_of_an_oracle_over_the_events(desk_of: DeskOf, history: History, punctual: bool) -> None:
    desk = desk_of()
    desk.punctual = punctual
    facts = played(desk, history)
    assert sorted(desk.breaches) == sorted(facts.expected)


@settings(max_examples=20, deadline=None)
@given(history=HISTORIES)
def test_i9_a_clock_s_deadline_is_breached_at_most_once(desk_of: DeskOf, history: History) -> None:
    desk = desk_of()
    played(desk, history)
    names = [(new.stream, new.meta.reaction) for new in desk.said if new.meta.reaction.startswith(("breach", "missed"))]
    assert len(names) == len(set(names))


@settings(max_examples=20, deadline=None)
@given(history=HISTORIES, punctual=st.booleans())
def test_i8_a_state_folded_from_the_log_is_the_one_that_decided(
    desk_of: DeskOf, history: History, punctual: bool
) -> None:
    """The log holds reactions later than live folding saw them: the worst case is all of them at the end."""
    desk = desk_of()
    desk.punctual = punctual
    played(desk, history)
    reactor = SlaReactor()
    folded: Decider[State] = Decider(reactor, State(), 0)
    folded.fold(desk.told)
    for new in desk.said:
        reactor.evolve(folded.state, recorded(new))
    assert reactor.stored(folded.state) == reactor.stored(desk.decider.state)


def recorded(new: New) -> Recorded[Event]:
    return provisional(new, START)


def test_the_oracle_knows_a_pause(desk: Desk) -> None:
    facts = played(desk, [("ask", 60)])
    assert (facts.expected, desk.breaches) == ([], [])
    assert isinstance(desk.told[-1].data, InformationRequested)
