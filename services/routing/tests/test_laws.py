"""What holds of every distribution, over random rosters, presence, absences, work, crashes and arrivals."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts import Event, Recorded
from contracts.intake import (
    InformationRequested,
    NoteAdded,
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketUnmerged,
)
from contracts.routing import AbsenceRecorded, AgentRegistered, TicketAssigned, TicketTransferred
from contracts.sla import ClockMet, ClockStarted
from contracts.streams import assignment_stream, ticket_stream
from eventlog.deciding import Decider
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.channel import Distribution, Line, Strategy
from regulation.document import Regulation
from regulation.load import load
from regulation.worktime import is_open
from routing.assigning import asked
from routing.domain.choosing import reevaluated
from routing.domain.demand import Demand
from routing.domain.desk import Desk
from routing.domain.ring import Ring
from routing.folding import fold
from routing.reactor import RoutingReactor
from routing.state import State
from testkit.streams import untraced

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
LINES = (
    Line(id="talk", title=CSN.title, channels=("telegram",), helped_by=("write",), order=("priority", "age")),
    Line(id="write", title=CSN.title, channels=("email", "cabinet"), helped_by=("talk",)),
)
NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
DEMAND = Demand("support", "requests", "office", CSN.calendar("office"), NOON)
Play = Any  # the class lives in conftest.py
CREW = ("anna", "boris", "vera", "gleb", "dina")
GROUPS = (("support",), ("duty",), ("support", "duty"))


def ruled(strategy: Strategy, *, by_skill: bool = False, lines: bool = False) -> Regulation:
    """The CSN regulation with another distribution."""
    distribution = Distribution(strategy=strategy, by_skill=by_skill, unattended_after="1 час", skew=1)
    return msgspec.structs.replace(CSN, version="9", distribution=distribution, lines=LINES if lines else ())


CARD = st.fixed_dictionaries(
    {
        "groups": st.sampled_from(GROUPS),
        "capacity": st.sampled_from([{}, {"requests": 1}, {"requests": 2, "chat": 1}]),
        "skills": st.sampled_from([(), ("billing",), ("en",)]),
        "line": st.sampled_from(["", "talk", "write"]),
        "in_distribution": st.sampled_from([True, True, False]),
    }
)
WHO = st.sampled_from(CREW)
TICKET = st.integers(0, 12).map(str)
OPEN = st.tuples(st.just("open"), st.sampled_from(["email", "telegram"]), st.sampled_from(["", "billing"]))
STEP = st.one_of(
    OPEN,
    OPEN,
    OPEN,
    st.tuples(st.just("call"), st.sampled_from([*CREW, "nobody"]), st.sampled_from(["email", "telegram"])),
    st.tuples(st.just("toggle"), WHO, st.sampled_from(["requests", "chat"])),
    st.tuples(st.just("card"), WHO, CARD),
    st.tuples(st.just("shift"), WHO, st.tuples(st.integers(-2, 6), st.integers(1, 5))),
    st.tuples(st.just("leave"), WHO, st.tuples(st.integers(0, 3), WHO)),
    st.tuples(st.sampled_from(["resolve", "close", "reopen", "merge", "unmerge", "ask", "answer"]), TICKET, st.none()),
    st.tuples(st.sampled_from(["note", "classify", "clock", "met"]), TICKET, st.integers(0, 9)),
    st.tuples(st.just("hand"), TICKET, WHO),
    st.tuples(st.just("wait"), st.sampled_from([7, 45, 300]), st.none()),
    st.tuples(st.sampled_from(["settle", "crash"]), st.none(), st.none()),
)


class World:
    """One random history of a desk."""

    def __init__(self, play: Play, regulation: Regulation) -> None:
        self.play, self.regulation = play, regulation
        self.online = set[tuple[str, str]]()
        self.tickets: dict[str, str] = {}
        self.absences = 0
        play.publish(regulation)
        for n, agent in enumerate(CREW):
            self.card(agent, {"groups": GROUPS[n % 3]})
            self.toggle(agent, "requests")
            self.toggle(agent, "chat")

    def run(self, steps: list[tuple[str, Any, Any]]) -> "World":
        for verb, what, more in steps:
            if verb not in ("resolve", "close", "reopen", "merge", "unmerge", "ask", "answer"):
                getattr(self, verb)(*(each for each in (what, more) if each is not None))
            elif what in self.tickets:
                self.live(verb, what)
        self.settle()
        return self

    def settle(self) -> None:
        self.play.settle()
        for _ in range(60):
            ring = self.play.decider.reactor.next_ring(self.play.decider.state)
            if ring is None or ring > self.play.now:
                return
            self.play.wait()
        pytest.fail("a timer rings for ever")

    def crash(self) -> None:
        """The process dies and reads the log anew, as far as it had got."""
        play, cursor = self.play, self.play.decider.position
        again = Decider(RoutingReactor(), State(), 0)
        again.fold(play.log[:cursor])
        again.anticipate([each for each in play.log[cursor:] if each.meta.reaction])
        play.decider = again

    def wait(self, minutes: int) -> None:
        """A timer rings only when everything was taken in (I9)."""
        self.settle()
        self.play.wait(minutes=minutes)
        self.settle()

    def card(self, agent: str, values: dict) -> None:
        self.play.say(AgentRegistered(at=self.play.now, agent=agent, name=agent, **values), f"agent-{agent}")

    def toggle(self, agent: str, section: str) -> None:
        (self.play.offline if (agent, section) in self.online else self.play.online)(agent, section)
        self.online ^= {(agent, section)}

    def shift(self, agent: str, hours: tuple[int, int]) -> None:
        self.play.shift(agent, *hours)

    def leave(self, agent: str, span: tuple[int, str]) -> None:
        self.absences += 1
        starts = self.play.now + timedelta(hours=span[0])
        said = AbsenceRecorded(
            at=self.play.now, agent=agent, absence=f"{agent}~{self.absences}", reason="illness", substitute=span[1],
            starts=starts, ends=starts + timedelta(hours=2),
        )  # fmt: skip
        self.play.say(said, f"agent-{agent}")

    def call(self, wanted: str, channel: str) -> None:
        self.open(channel, wanted=wanted)

    def open(self, channel: str, service: str = "", wanted: str = "") -> None:
        ticket = str(len(self.tickets))
        self.tickets[ticket] = "open"
        facts = self.facts(ticket, channel, service) | {"wanted": wanted}
        said = TicketOpened(at=self.play.now, subject="", text="", reply_to="", **facts)
        self.play.say(said, ticket_stream(ticket))

    def facts(self, ticket: str, channel: str = "email", service: str = "") -> dict[str, str]:
        section = CSN.channel(channel).section.value
        what = {"ticket": ticket, "number": ticket, "requester": "r", "channel": channel, "kind": "email"}
        kind = {"category": "defect", "priority": "normal", "stage": "level1", "regulation": self.regulation.key}
        return {**what, **kind, "section": section, "service": service}

    def live(self, verb: str, ticket: str) -> None:
        """What is possible of a ticket as intake sees it; the rest is refused there."""
        before, after = LIVES[verb]
        if self.tickets[ticket] in before:
            self.tickets[ticket] = after or self.tickets[ticket]
            self.play.say(self.said(verb, ticket), ticket_stream(ticket))

    def said(self, verb: str, ticket: str) -> Event:
        about = {"at": self.play.now, "ticket": ticket}
        spoken = {**about, "requester": "r", "text": ""}
        match verb:
            case "resolve":
                return TicketResolved(agent="", **spoken)
            case "close":
                return TicketClosed(by="system", **about)
            case "reopen":
                return TicketReopened(at=self.play.now, by="requester", **self.facts(ticket))
            case "merge":
                return TicketMerged(into="x", requester="r", who="x", **about)
            case "unmerge":
                return TicketUnmerged(at=self.play.now, into="x", who="x", **self.facts(ticket))
            case "ask":
                return InformationRequested(agent="anna", **spoken)
            case _:
                return RequesterReplied(**spoken)

    def note(self, ticket: str, _: int) -> None:
        self.about(ticket, NoteAdded(at=self.play.now, ticket=ticket, requester="r", agent="anna", text=""))

    def classify(self, ticket: str, n: int) -> None:
        service = "billing" if n % 2 else ""
        said = TicketClassified(
            at=self.play.now, ticket=ticket, category="defect", previous="", agent="a", service=service
        )
        self.about(ticket, said)

    def clock(self, ticket: str, hours: int) -> None:
        due = self.play.now + timedelta(hours=hours)
        because = {"plan": "", "category": "", "priority": "", "written": "", "calendar": ""}
        raw = {
            "type": "clock.started.v1",
            "at": self.play.now,
            "clock": "c",
            "ticket": ticket,
            "name": "n",
            "owner": "",
        }
        self.about(ticket, msgspec.convert({**raw, "target": 1, "due_at": due, "because": because}, ClockStarted))

    def met(self, ticket: str, _: int) -> None:
        self.about(ticket, ClockMet(at=self.play.now, clock="c", ticket=ticket, name="n", worked=0))

    def about(self, ticket: str, said: Event) -> None:
        if self.tickets.get(ticket) == "open":
            self.play.say(said, ticket_stream(ticket))

    def hand(self, ticket: str, agent: str) -> None:
        if self.play.versions[assignment_stream(ticket)] and ticket in self.play.decider.state.tickets:
            said = TicketTransferred(at=self.play.now, ticket=ticket, group="support", by="lead", agent=agent)
            self.play.say(said, assignment_stream(ticket))


LIVES: dict[str, tuple[tuple[str, ...], str]] = {
    "resolve": (("open",), "resolved"),
    "close": (("open", "resolved"), "closed"),
    "reopen": (("resolved", "closed"), "open"),
    "merge": (("open",), "merged"),
    "unmerge": (("merged",), "open"),
    "ask": (("open",), ""),
    "answer": (("open",), ""),
}


def state_before(play: Play, event: Recorded[Event]) -> State:
    """What routing knew when it decided this, made from the log alone."""
    cause = next((each.position for each in play.log if each.id == event.meta.causation), 0)
    timer = event.meta.reaction in ("wake", "take-back", "shift-end")
    known = State()
    for each in play.log:
        own = bool(each.meta.reaction)
        if each.position < event.position and (own or timer or each.position <= cause):
            fold(known, each)
    known.regulations = play.decider.state.regulations  # their calendars are worked out already
    return known


def may_have(state: State, agent: str, ticket: str, group: str, at: datetime) -> bool:
    """Whether an agent may be given a ticket, asked of every condition anew."""
    who, held = state.staff.agents[agent], state.tickets[ticket]
    if kept := state.meant_for(held, group):
        return agent == standing_in(state, kept, at) and not state.staff.exclusion(who, held.section, at)
    demand = asked(state, held, group, at)
    load = sum(each.agent == agent and each.section == held.section for each in state.tickets.values() if each.to_do)
    return (
        is_open(demand.calendar, at)
        and group in who.groups_at(at)
        and who.in_distribution
        and (not state.staff.rostered or any(starts <= at < ends for starts, ends, _ in who.shifts))
        and who.is_online(held.section)
        and who.absence(at) is None
        and load < who.capacity.get(held.section, 1000)
        and not demand.unsuited((who.line, who.skills))
    )


def standing_in(state: State, wanted: str, at: datetime) -> str:
    """Who does what is meant for somebody: he, or while he is away his substitute (R4-08)."""
    who = state.staff.agents[wanted]
    return state.staff.substitute(who, at) if who.absence(at) else wanted


RULES = st.builds(ruled, st.sampled_from(Strategy), by_skill=st.booleans(), lines=st.booleans())
STEPS = st.lists(STEP, min_size=8, max_size=30)


@given(steps=STEPS, regulation=RULES)
@settings(max_examples=60)
def test_nobody_ineligible_is_ever_given_anything_and_every_reason_evaluates_again(
    new_play: Callable[[], Play], steps: list, regulation: Regulation
) -> None:
    play = World(new_play(), regulation).run(steps).play

    for event in [each for each in play.log if isinstance(each.data, TicketAssigned) and each.data.agent]:
        said = event.data
        if said.because.rule == "manual":
            continue
        assert reevaluated(said.because) == said.agent
        before = state_before(play, event)
        who = before.staff.agents[said.agent]
        kept = before.meant_for(before.tickets[said.ticket], said.group)
        assert not kept or said.agent in (before.tickets[said.ticket].agent, standing_in(before, kept, said.at))
        assert before.staff.exclusion(who, before.tickets[said.ticket].section, said.at) == ""
        assert said.because.rule not in ("turn", "least-loaded") or may_have(
            before, said.agent, said.ticket, said.group, said.at
        )


@given(steps=STEPS, regulation=RULES)
@settings(max_examples=60)
def test_nothing_waits_in_hours_while_somebody_may_have_it(
    new_play: Callable[[], Play], steps: list, regulation: Regulation
) -> None:
    play = World(new_play(), regulation).run(steps).play
    state = play.decider.state

    for held in [each for queue in state.queues.values() for each in queue.waiting.values()]:
        assert not any(may_have(state, agent, held.ticket, held.group, play.now) for agent in CREW)
    for held in state.tickets.values():
        assert held.agent or held.resolved or held.ticket in state.queues[held.queue].waiting


@given(steps=STEPS, regulation=RULES)
@settings(max_examples=60)
def test_live_rebuilt_and_restored_states_agree(
    new_play: Callable[[], Play], steps: list, regulation: Regulation
) -> None:
    play = World(new_play(), regulation).run(steps).play
    live, rebuilt, reactor = play.decider.state, play.rebuilt(), RoutingReactor()

    assert reactor.restored(reactor.stored(live)) == live
    for state in (live, rebuilt):
        state.seen, state.stirred = play.now, None
    assert msgspec.to_builtins(rebuilt) == msgspec.to_builtins(live)
    assert desk_of(live.desk) == desk_of(rebuilt.desk) == desk_of(fresh_desk(live))


def fresh_desk(state: State) -> Desk:
    return Desk(state.staff, state.turns, state.tickets.values())


def desk_of(desk: Desk) -> object:
    """All that a desk knows of anybody, in every order."""
    places = product(("support", "duty"), ("chat", "requests"), Strategy)
    rings = [ring_of(desk.ring(DEMAND._replace(group=g, section=s, strategy=order))) for g, s, order in places]
    loads = {(agent, section): desk.load(agent, section) for agent in CREW for section in ("chat", "requests")}
    return rings, loads, {line: n for line, n in desk.lines.items() if n}


def ring_of(ring: Ring) -> object:
    return ring.rows, +ring.lacking


@given(steps=STEPS, crashes=st.booleans())
@settings(max_examples=60)
def test_whoever_is_eligible_all_the_while_has_the_same_share(
    new_play: Callable[[], Play], steps: list, crashes: bool
) -> None:
    """D10: two people of equal skills, whatever happens around them; nothing is taken back from anybody."""
    rules = msgspec.structs.replace(CSN, version="9", distribution=Distribution())
    world = World(new_play(), rules)
    for agent in ("anna", "boris"):
        world.card(agent, {"groups": ("support",)})
        world.shift(agent, (-1, 500))
    theirs = [each for each in steps if each[1] not in ("anna", "boris") and each[0] != "hand"]
    play = world.run([each for each in theirs if crashes or each[0] != "crash"]).play

    turns = Counter(
        each.data.agent for each in play.log if isinstance(each.data, TicketAssigned) and each.data.because.turn
    )
    assert abs(turns["anna"] - turns["boris"]) <= 1


@given(steps=STEPS, regulation=RULES)
@settings(max_examples=30)
def test_two_replicas_decide_the_same_once(new_play: Callable[[], Play], steps: list, regulation: Regulation) -> None:
    play = World(new_play(), regulation).run(steps).play
    page = [each for each in play.log if not each.meta.reaction]

    first, second = (untraced(Decider(RoutingReactor(), State(), 0).step(page).decided) for _ in range(2))

    assert first == second
    assert len({new.id for new in first}) == len(first)
