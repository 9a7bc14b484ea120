"""Whatever people do to tickets: only ways that the regulation allows, and a replay that agrees."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import product
from pathlib import Path

import msgspec
import pytest
from contracts import Event
from contracts.intake import (
    RequesterReplied,
    TicketClassified,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from eventlog.aggregate import Decided
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from regulation.document import Regulation
from regulation.load import load
from regulation.stage import Actor, Kind, Stage
from regulation.term import UnknownTermError
from regulation.ways import opening
from testkit.streams import NINE, given, recorded

FILES = Path(__file__).parents[3] / "regulations"
REGULATIONS = {
    name: load(FILES / f"{name}.yaml") for name in ("csn", "saas-support", "group-helpdesk", "three-levels", "demo")
}
PARTIES = {"requester": Actor.requester, "agent": Actor.agent, "system": Actor.automatic}
Tickets = Sequence[Ticket]
Verb = Callable[[Tickets, Hand], None]


def opened(regulation: Regulation, ticket: str) -> TicketOpened:
    defaults = regulation.defaults
    return TicketOpened(
        at=NINE, ticket=ticket, number=f"TIC-{ticket}", requester=f"r{ticket}", channel=regulation.channels[0].id,
        kind="api", section="requests", subject="", text="", category=defaults.category, priority=defaults.priority,
        stage=opening(regulation), regulation=regulation.key, reply_to="",
    )  # fmt: skip


def words(automatic: str = "") -> Verb:
    said = RequesterReplied(at=NINE, ticket="1", requester="r1", text="Ещё вопрос", automatic=automatic)
    return lambda all_, _: all_[0].requester_replied(said)


def into(n: int) -> Verb:
    def merge(all_: Tickets, by: Hand) -> None:
        end = all_[n]
        while end.into:
            end = all_[int(end.into) - 1]
        all_[0].merge(by, end)

    return merge


def out(all_: Tickets, by: Hand) -> None:
    if all_[0].into:
        all_[0].unmerge(by, all_[int(all_[0].into) - 1])


def stage(n: int) -> Verb:
    return lambda all_, by: all_[0].escalate(by, by.regulation.stages[n % len(by.regulation.stages)].id)


def category(n: int) -> Verb:
    return lambda all_, by: all_[0].classify(by, by.regulation.categories[n % len(by.regulation.categories)].id)


VERBS: list[Verb] = [
    lambda all_, by: all_[0].reply(by, "Ответ"),
    lambda all_, by: all_[0].ask(by, "Вопрос"),
    lambda all_, by: all_[0].note(by, "Заметка"),
    lambda all_, by: all_[0].escalate(by, ""),
    lambda all_, by: all_[0].resolve(by, "Готово"),
    lambda all_, by: all_[0].reopen(by, "Снова"),
    lambda all_, by: all_[0].close(by, "ясно"),
    lambda all_, by: all_[0].close(by),
    lambda all_, by: all_[0].annul(by),
    lambda all_, by: all_[0].auto_close(by, NINE + timedelta(days=2)),
    lambda all_, by: all_[0].open_task(by, "Проверить", "boris"),
    lambda all_, by: all_[0].done(by, str(len(all_[0].tasks))),
    lambda all_, by: all_[0].done(by, "1"),
    lambda all_, by: all_[0].spend(by, 15),
    lambda all_, by: all_[0].spend(by, 5, "1"),
    lambda all_, by: all_[0].link(by, all_[1], "problem"),
    lambda all_, by: all_[0].link(by, all_[2], "related"),
    lambda all_, by: all_[0].unlink(by, "2", "problem"),
    words(), words("thanks"), out, *map(into, range(3)), *map(stage, range(9)), *map(category, range(5)),
]  # fmt: skip
STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(VERBS), st.sampled_from(sorted(PARTIES))), max_size=30)


def lived(regulation: Regulation, steps: list[tuple[int, Verb, str]]) -> tuple[Tickets, list[list[Decided]]]:
    """Three tickets to which all this was done, and what was decided about each."""
    tickets = [given(Ticket, f"ticket-{n}", opened(regulation, str(n))) for n in (1, 2, 3)]
    decided: list[list[Decided]] = [[], [], []]
    for first, verb, party in steps:
        turned = _View(tickets, first)
        with suppress(RefusedError, UnknownTermError):
            verb(turned, Hand(NINE, "anna", regulation, party))  # type: ignore[arg-type]  # one of the three parties
        for n, ticket in enumerate(tickets):
            decided[n] += ticket.new_events()
    return tickets, decided


class _View(list[Ticket]):
    """The tickets in their places, the one that acts in the first as well."""

    def __init__(self, tickets: Tickets, acting: int) -> None:
        super().__init__(tickets)
        self.acting = tickets[acting]

    def __getitem__(self, n: int) -> Ticket:  # type: ignore[override]  # no slices here
        return self.acting if n == 0 else super().__getitem__(n)


@pytest.mark.parametrize("name", sorted(REGULATIONS))
@settings(max_examples=60, deadline=None)
@forall(steps=STEPS)
def test_a_replay_is_what_was_decided_live(name: str, steps: list[tuple[int, Verb, str]]) -> None:
    regulation = REGULATIONS[name]
    for n, (live, decided) in enumerate(zip(*lived(regulation, steps), strict=True), 1):
        assert [each.version for each in decided] == list(range(2, len(decided) + 2))
        events = [opened(regulation, str(n)), *(each.event for each in decided)]
        assert Ticket.replay(recorded(f"ticket-{n}", *events)) == live


@pytest.mark.parametrize("name", sorted(REGULATIONS))
@settings(max_examples=60, deadline=None)
@forall(steps=STEPS)
def test_every_way_that_was_gone_is_one_the_regulation_allows(name: str, steps: list[tuple[int, Verb, str]]) -> None:
    """The table of stages of S1, R1-06, R1-15, R3-01."""
    regulation = REGULATIONS[name]
    for each in [said.event for decided in lived(regulation, steps)[1] for said in decided]:
        if isinstance(each, TicketEscalated | TicketResolved):
            assert each.previous == each.stage or regulation.allowed(each.previous, each.stage)
        if isinstance(each, TicketReopened | TicketClosed):
            assert regulation.allowed(each.previous, each.stage, PARTIES[each.by])


def standing_at(regulation: Regulation, where: Stage, category: str) -> Ticket:
    """A ticket that somehow came into this stage, classified as this."""
    said = msgspec.structs.replace(opened(regulation, "1"), stage=where.id)
    end: dict[Kind, Event] = {
        Kind.resolved: TicketResolved(at=NINE, ticket="1", requester="r1", agent="anna", text="", stage=where.id),
        Kind.closed: TicketClosed(at=NINE, ticket="1", by="requester", stage=where.id),
        Kind.annulled: TicketClosed(at=NINE, ticket="1", by="agent", stage=where.id),
    }
    classified = TicketClassified(at=NINE, ticket="1", category=category, previous=category, agent="anna")
    return given(Ticket, "ticket-1", said, classified, *filter(None, [end.get(where.kind)]))


def ways(regulation: Regulation, where: Stage, party: str, categories: Iterable[str]) -> set[tuple[str, str, str]]:
    """Every way that any verb of this party takes from a stage with a ticket of one of these categories."""
    found: set[tuple[str, str, str]] = set()
    for verb, category in product(VERBS, categories):
        ticket = standing_at(regulation, where, category)
        with suppress(RefusedError, UnknownTermError):
            verb([ticket, ticket, ticket], Hand(NINE, "anna", regulation, party))  # type: ignore[arg-type]  # as above
        for said in (each.event for each in ticket.new_events()):
            if isinstance(said, TicketEscalated | TicketResolved | TicketReopened | TicketClosed):
                found.add((said.previous, said.stage, PARTIES[party]))
    return found


def kinds_of_tickets(regulation: Regulation) -> set[str]:
    """Categories enough to enter and to end in every stage: the default, and the first that each takes or solves."""
    named = {each[0] for stage in regulation.stages for each in (stage.takes, stage.solves) if each}
    return named | {regulation.defaults.category}


@pytest.mark.parametrize(("category", "refused"), [("error", "special"), ("instruction", "developers")])
def test_r3_08_r3_17_a_stage_takes_only_its_categories(category: str, refused: str) -> None:
    saas = REGULATIONS["saas-support"]
    ticket = standing_at(saas, saas.stage("line2"), category)
    with pytest.raises(RefusedError, match="takes only"):
        ticket.escalate(Hand(NINE, "anna", saas, "agent"), refused)


def test_r3_06_r3_07_line_1_hands_on_what_it_does_not_solve() -> None:
    saas = REGULATIONS["saas-support"]
    anna = Hand(NINE, "anna", saas, "agent")
    with pytest.raises(RefusedError, match="hands tickets of this category on"):
        standing_at(saas, saas.stage("line1"), "error").resolve(anna, "Готово")
    solved = standing_at(saas, saas.stage("line1"), "instruction")
    solved.resolve(anna, "Готово")
    assert solved.stage == "solved"


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_verbs_go_exactly_the_ways_of_the_table(name: str) -> None:
    """The table of stages of S1 and of the others: every way can be gone by whom it names, and there is no other."""
    regulation = REGULATIONS[name]
    table = {(way.source, way.to, actor) for way in regulation.transitions for actor in way.by}
    every = kinds_of_tickets(regulation)
    gone = {way for stage in regulation.stages for party in PARTIES for way in ways(regulation, stage, party, every)}
    by_itself = {way for way in table if regulation.stage(way[0]).kind is Kind.new}
    assert gone - by_itself == table - by_itself


@pytest.mark.parametrize("name", sorted(REGULATIONS))
@settings(max_examples=60, deadline=None)
@forall(steps=STEPS)
def test_merged_tickets_never_go_round_and_come_back_where_they_were(
    name: str, steps: list[tuple[int, Verb, str]]
) -> None:
    tickets, _ = lived(REGULATIONS[name], steps)
    for ticket in tickets:
        seen, end = {ticket.ticket}, ticket
        while end.into:
            end = tickets[int(end.into) - 1]
            assert end.ticket not in seen
            seen.add(end.ticket)
        assert (ticket.standing is Standing.merged) == bool(ticket.into)
        assert {each.ticket for each in tickets if each.into == ticket.ticket} == set(ticket.merged)


@settings(max_examples=60, deadline=None)
@forall(steps=STEPS)
def test_a_closed_ticket_has_no_open_task_and_owes_billing_nothing(steps: list[tuple[int, Verb, str]]) -> None:
    """R1-18."""
    for ticket in lived(REGULATIONS["csn"], steps)[0]:
        if ticket.standing is Standing.closed:
            assert all(task.done for task in ticket.tasks)
            assert dict(ticket.handed) == dict(ticket.minutes)
