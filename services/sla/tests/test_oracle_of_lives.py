"""I9 over whole lives: metrics, estimates, migrations, returns, reopenings. A ledger kept by hand against the engine.

The ledger knows no events, epochs or timers: for each promise it keeps when it ran, and works out what is left.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from contracts.sla import BudgetSpent, DeadlineBreached, VendorOverran
from eventlog.deciding import Decider
from eventlog.reactor import provisional
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.duration import parse_target
from regulation.worktime import between, due
from sla.reactor import SlaReactor
from sla.state import State
from testkit.streams import untraced

Desk = Any
Make = Callable[..., Any]
Document = dict[str, Any]
Missed = list[tuple[str, datetime]]
MSK = timedelta(hours=3)
START = datetime(2026, 3, 13, 12, tzinfo=UTC)
NEXT = {"level1": "level2", "level2": "level3", "level3": "level4", "level4": "level3"}
CATEGORIES = ("new-function", "accounting-documents", "project-question", "management-question")
TALK = ["ask", "answer", "reply", "automatic"]
MOVES = ["escalate", "resolve", "reopen", "appeal", "close"]
CHANGES = ["priority critical", "priority normal", "service mail", "estimate 40 дней", "estimate 1 час"]
CHANGES += [f"category {each}" for each in CATEGORIES] + ["version metered@1", "version metered@2"]
VERBS = ["escalate"] * 6 + ["ask"] * 3 + ["category management-question"] * 2 + TALK * 2 + MOVES + CHANGES
STEPS = st.tuples(st.sampled_from(VERBS), st.integers(0, 60_000))
HISTORIES = st.lists(STEPS, min_size=3, max_size=14)


def second_version(document: Document) -> None:
    """Other numbers, a soft first response, and level 2 without a limit."""
    document["version"] = "2"
    document["metrics"][0]["soft"] = True
    document["plans"][4]["targets"] |= {"level1": "2 часа", "level2": "not supplied", "resolution": "3 дня"}
    document["plans"][1]["targets"] |= {"level1": "1 час", "next_response": "not supplied", "first_response": "1 час"}


def moment(at: datetime) -> str:
    return (at + MSK).replace(tzinfo=None).isoformat(" ")


class Line:
    """One promise: what it is worth, when it ran, and whether its end was missed."""

    def __init__(self, hours: Any, name: str, terms: tuple[str, str, int], since: datetime) -> None:  # noqa: ANN401
        self.hours, self.name, self.terms, self.began = hours, name, terms, since
        self.runs: list[tuple[datetime, datetime]] = []
        self.since: datetime | None = since
        self.state, self.missed, self.ended = "running", False, since
        self.due = self.end(since)

    @property
    def used(self) -> timedelta:
        return sum((between(self.hours, a, b) for a, b in self.runs), timedelta())

    def end(self, now: datetime) -> datetime:
        left = timedelta(seconds=self.terms[2])
        for begun, ended in self.runs:
            done = between(self.hours, begun, ended)
            if done >= left:
                return due(self.hours, begun, left)
            left -= done
        return due(self.hours, self.since or now, left)

    def stop(self, now: datetime, state: str) -> None:
        if self.since:
            self.runs.append((self.since, now))
        self.since, self.state, self.ended = None, state, now

    def go_on(self, now: datetime) -> None:
        self.since, self.state = now, "running"
        self.due = self.due if self.missed else max(self.end(now), now)


class Ledger:
    """A ticket as a person with a calendar would keep it."""

    def __init__(self, desk: Desk) -> None:
        self.rules = {key: rules.regulation for key, rules in desk.decider.state.rules.items()}
        self.category, self.priority, self.service, self.version = "new-function", "normal", "", "metered@1"
        self.stage, self.entered, self.now = "level1", START, START
        self.waiting = self.answered = False
        self.asked: datetime | None = None
        self.estimates: list[str] = []
        self.lines: list[Line] = []
        self.rests: list[tuple[datetime, datetime | None]] = []
        self.missed: Missed = []
        self.settle("open", changed=False)

    @property
    def book(self) -> Any:  # noqa: ANN401
        return self.rules[self.version]

    def wanted(self) -> Iterator[tuple[str, tuple[str, str, int], datetime]]:
        """Names, what they are worth, and when what they measure began."""
        plan = self.book.plan_for(self.category, self.priority, "email", self.service)
        if self.stage in NEXT and (limit := self.book.target(plan.id, self.stage)):
            yield self.stage, (plan.id, self.version, self.worth(limit)), self.entered
        began = {"first_response": START, "next_response": self.asked or START, "resolution": START}
        owed = {"first_response": not self.answered, "next_response": self.answered and bool(self.asked)}
        for metric in self.book.metrics if self.stage not in ("resolved", "closed") else ():
            limit = self.book.metric_target(plan.id, metric)
            if limit and owed.get(metric.id, True):
                yield metric.id, (plan.id, self.version, int(limit.work().total_seconds())), began[metric.id]

    def worth(self, limit: Any) -> int:  # noqa: ANN401
        estimated = self.estimates if (self.stage, self.category) == ("level3", "new-function") else []
        works = [limit.work(), *(parse_target(each, "8h", limit.day_mode).work() for each in estimated)]
        return int(max(works).total_seconds())

    def miss(self, line: Line) -> None:
        line.missed = True
        self.missed.append((line.name, line.due))

    def pass_until(self, now: datetime) -> None:
        self.now = now
        for line in self.lines:
            if line.state == "running" and not line.missed and line.due < now:
                self.miss(line)

    def settle(self, verb: str, *, changed: bool) -> None:
        """Bring every promise to where the ticket stands."""
        self.rest()
        wanted = {name: (terms, began) for name, terms, began in self.wanted()}
        for line in [each for each in self.lines if each.state in ("running", "paused")]:
            terms, _ = wanted.pop(line.name, (None, None))
            if terms is None:
                line.stop(self.now, "cancelled" if changed or self.pointless(line, verb) else "met")
            else:
                self.keep(line, terms, changed=changed)
        for name, (terms, began) in wanted.items():
            self.begin(name, terms, began, moved=verb in ("open", *MOVES), changed=changed)

    def rest(self) -> None:
        """Note since when and until when there is nothing to do but wait."""
        resting, rested = self.waiting or self.stage in ("resolved", "closed"), self.rests[-1:]
        if resting and (not rested or rested[0][1]):
            self.rests.append((self.now, None))
        elif not resting and rested and not rested[0][1]:
            self.rests[-1] = (rested[0][0], self.now)

    def pointless(self, line: Line, verb: str) -> bool:
        return line.name.endswith("_response") and verb not in ("reply", "ask", "resolve")

    def keep(self, line: Line, terms: tuple[str, str, int], *, changed: bool) -> None:
        if changed:
            self.aim(line, terms)
        waits = self.waiting and not line.name.endswith("_response")
        if waits and line.since:
            line.stop(self.now, "paused")
        elif not waits and not line.since:
            line.go_on(self.now)

    def aim(self, line: Line, terms: tuple[str, str, int]) -> bool:
        if terms == line.terms:
            return False
        line.terms, before = terms, line.due
        line.due = line.end(self.now)
        if line.due != before:
            line.missed = False
            if line.due < self.now and line.due != (line.since is None and line.ended):
                self.miss(line)
        return True

    def begin(self, name: str, terms: tuple[str, str, int], began: datetime, *, moved: bool, changed: bool) -> None:
        last = next((each for each in reversed(self.lines) if each.name == name), None)
        resumes = not name.endswith("_response")
        if changed and last and last.state == "met" and last.ended >= began and name != "resolution":
            return
        if not (moved or changed or name == "next_response"):
            return
        if last and last.state == "met" and resumes:
            self.aim(last, terms)
            last.go_on(self.now)
            return
        self.lines.append(line := Line(self.book.calendar("office"), name, terms, began))
        for begun, ended in [each for each in self.rests if resumes and (each[1] is None or each[1] > began)]:
            if ended is None and not self.waiting:
                continue
            self.late(line, max(begun, began))
            line.stop(max(begun, began), "paused")
            if ended:
                line.go_on(ended)
        if changed or line.runs:
            self.late(line, self.now)

    def late(self, line: Line, now: datetime) -> None:
        if line.since and not line.missed and line.due < now:
            self.miss(line)


def happen(desk: Desk, ledger: Ledger, step: str) -> None:
    verb, _, term = step.partition(" ")
    if verb in TALK:
        talk(desk, ledger, verb)
    elif verb in MOVES:
        move(desk, ledger, verb)
    else:
        change(desk, ledger, verb, term)


def talk(desk: Desk, ledger: Ledger, verb: str) -> None:
    now = moment(ledger.now)
    if verb == "automatic":
        desk.answered(now, automatic="vacation")
        return
    {"ask": desk.asked, "answer": desk.answered, "reply": desk.replied}[verb](now)
    ledger.waiting = verb == "ask"
    ledger.asked = (ledger.asked or ledger.now) if verb == "answer" else None
    ledger.answered = ledger.answered or verb != "answer"
    ledger.settle(verb, changed=False)


def move(desk: Desk, ledger: Ledger, verb: str) -> None:
    ended = ledger.stage in ("resolved", "closed")
    possible = {"escalate": ledger.stage in NEXT, "resolve": not ended, "close": ledger.stage != "closed"}
    if not possible.get(verb, ended):
        return
    now, stage = moment(ledger.now), NEXT.get(ledger.stage, "")
    told = {"escalate": lambda: desk.escalated(now, stage), "resolve": lambda: desk.resolved(now)}
    told |= {"reopen": lambda: desk.reopened(now), "appeal": lambda: desk.reopened(now, reason="no")}
    told.get(verb, lambda: desk.closed(now))()
    ledger.stage = {"escalate": stage, "resolve": "resolved", "close": "closed"}.get(verb, "reopened")
    ledger.waiting, ledger.entered = False, ledger.now
    if verb != "escalate":
        asks = verb == "appeal" or (verb == "reopen" and ledger.asked)
        ledger.answered, ledger.asked = True, ledger.now if asks else None
    ledger.settle(verb, changed=False)


def change(desk: Desk, ledger: Ledger, verb: str, term: str) -> None:
    now = moment(ledger.now)
    if verb == "category":
        desk.classified(now, term)
        ledger.category = term
    elif verb == "service":
        desk.classified(now, ledger.category, service=term)
        ledger.service = term
    elif verb == "priority":
        desk.prioritized(now, term)
        ledger.priority = term
    elif verb == "estimate":
        desk.estimated(now, "level3", term)
        ledger.estimates.append(term)
    else:
        desk.migrated(now, term)
        ledger.version = term
    ledger.settle(verb, changed=True)


def played(desk: Desk, history: list[tuple[str, int]]) -> Ledger:
    desk.opened(moment(START), category="new-function", regulation="metered@1")
    ledger = Ledger(desk)
    for step, later in history:
        ledger.pass_until(ledger.now + timedelta(seconds=later))
        happen(desk, ledger, step)
    ledger.pass_until(ledger.now + timedelta(days=900))
    desk.wait(ledger.now)
    desk.ring(ledger.now, 10_000)
    return ledger


def made(desk_of: Make, regulation_of: Make, *, punctual: bool) -> Desk:
    desk = desk_of(regulation_of())
    desk.publish(regulation_of(second_version))
    desk.punctual = punctual
    return desk


def missed_by(desk: Desk) -> Missed:
    kinds = (DeadlineBreached, VendorOverran, BudgetSpent)
    return sorted((new.event.name, new.event.at) for new in desk.said if isinstance(new.event, kinds))


@settings(max_examples=100, deadline=None)
@given(history=HISTORIES, punctual=st.booleans())
def test_i9_what_is_missed_is_what_a_ledger_kept_by_hand_says(
    desk_of: Make, regulation_of: Make, history: list[tuple[str, int]], punctual: bool
) -> None:
    desk = made(desk_of, regulation_of, punctual=punctual)
    ledger = played(desk, history)
    assert missed_by(desk) == sorted(ledger.missed)


@settings(max_examples=50, deadline=None)
@given(history=HISTORIES)
def test_i9_every_clock_ends_as_in_the_ledger(
    desk_of: Make, regulation_of: Make, history: list[tuple[str, int]]
) -> None:
    desk = made(desk_of, regulation_of, punctual=True)
    ledger = played(desk, history)
    hours = ledger.book.calendar("office")
    clocks = [each for each in desk.decider.state.tickets["t"].clocks if each.name != "auto-close"]
    theirs = [(each.name, each.started, each.state.value, each.target, worked(hours, each.runs)) for each in clocks]
    ours = [
        (each.name, int(each.began.timestamp()), each.state, each.terms[2], each.used.total_seconds())
        for each in ledger.lines
    ]
    assert sorted(theirs) == sorted(ours)


def worked(hours: Any, runs: tuple[tuple[int, int], ...]) -> float:  # noqa: ANN401
    spans = ((datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for a, b in runs)
    return sum((between(hours, a, b).total_seconds() for a, b in spans), 0.0)


@settings(max_examples=25, deadline=None)
@given(history=HISTORIES, punctual=st.booleans())
def test_i8_live_is_replayed_and_two_runs_are_equal(
    desk_of: Make, regulation_of: Make, history: list[tuple[str, int]], punctual: bool
) -> None:
    first, second = (made(desk_of, regulation_of, punctual=punctual) for _ in range(2))
    played(first, history)
    played(second, history)
    reactor, events = SlaReactor(), [provisional(new, START) for new in first.said]
    replayed: Decider[State] = Decider(reactor, State(), 0)
    replayed.fold(first.told)
    for event in events:
        reactor.evolve(replayed.state, event)
    assert msgspec.json.encode(untraced(first.said)) == msgspec.json.encode(untraced(second.said))
    assert reactor.stored(replayed.state) == reactor.stored(first.decider.state)
