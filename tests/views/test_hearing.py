"""A service's state is the same whether it is shown all events or only those that it says it hears (D6, I8)."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec
import pytest
from contracts import CATALOGUE, Event, Meta, Recorded, wire_type
from contracts.example import example
from contracts.intake import RegulationPublished, TicketOpened
from csi.links import Links
from csi.reactor import CsiReactor
from eventlog.deciding import Decider
from eventlog.memory import MemoryLog
from eventlog.reactor import Reactor
from eventlog.vault import Vault
from hypothesis import given
from hypothesis import strategies as st
from intake.reactor import IntakeReactor
from notify.reactor import NotifyReactor
from reglament.programs import SERVICES
from regulation.load import load
from routing.reactor import RoutingReactor
from sla.reactor import SlaReactor

Log = Sequence[Recorded[Event]]
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CSN = load(Path(__file__).parents[2] / "regulations" / "csn.yaml")
REACTORS: Mapping[str, Callable[[], Reactor[object]]] = {
    "intake": lambda: IntakeReactor(MemoryLog(Vault(b64encode(bytes(32)).decode()), lambda: NINE)),
    "routing": RoutingReactor,
    "sla": SlaReactor,
    "notify": NotifyReactor,
    "csi": lambda: CsiReactor(Links(bytes(32), "http://127.0.0.1:8005")),
}
THINGS = [f"0197f3c2-0000-7000-8000-00000000000{n}" for n in (1, 2)]
VALUES: Mapping[str, Sequence[object]] = {
    **dict.fromkeys(("ticket", "survey", "delivery", "message", "clock", "call", "absence", "loan"), THINGS),
    "name": ["csn"],
    "version": ["1"],
    "regulation": [CSN.key, CSN.name],
    "audience": ["requester"],
    "document": [msgspec.json.decode(CSN.to_json())],
    "agent": ["anna", "boris"],
    "section": ["chat", "requests"],
    "channel": [each.id for each in CSN.channels],
    "category": [each.id for each in CSN.categories],
    "priority": [each.id for each in CSN.priorities],
    "stage": [each.id for each in CSN.stages],
    "template": ["ticket_opened", "ticket_closed"],
    "automatic": [""],
}
TYPED: Mapping[object, Sequence[object]] = {
    datetime: [NINE + timedelta(hours=n) for n in range(0, 100, 7)],
    bool: [True, False],
    int: range(9),
}
SEEDS = 1_000


@cache
def known(kind: type[Event]) -> Event:
    """The example of its kind, with a calendar and a section that there are."""
    text = msgspec.json.encode(example(kind)).decode()
    return msgspec.json.decode(text.replace("calendar пример", "office").replace("k.orlova", "chat"), type=kind)


def an_event(rng: Random, kind: type[Event]) -> Recorded[Event]:
    """The example of its kind, about one of a few things, that the regulation knows."""
    drawn = {each.name: VALUES.get(each.name, TYPED.get(each.type)) for each in msgspec.structs.fields(kind)}
    if "clock" in drawn and "name" in drawn:
        drawn["name"] = VALUES["stage"]
    values = {name: rng.choice(some) for name, some in drawn.items() if some is not None}
    return Recorded(
        position=1,
        id=str(UUID(int=rng.getrandbits(128))),
        stream="ticket-1",
        version=1,
        recorded_at=rng.choice([*TYPED[datetime]]),
        data=msgspec.structs.replace(known(kind), **values),
        meta=Meta(regulation=CSN.key),
    )


def a_log(rng: Random, kinds: Sequence[type[Event]]) -> Log:
    """A regulation, two tickets, and whatever comes after."""
    first = [kind for kind in (RegulationPublished, TicketOpened, TicketOpened) if kind in kinds]
    return [an_event(rng, kind) for kind in [*first, *rng.choices(kinds, k=rng.randint(1, 20))]]


def taken_in(reactor: Reactor[object], log: Log) -> object:
    state = reactor.fresh()
    for event in log:
        with suppress(Exception):  # events at random may make no sense: they would be parked
            reactor.evolve(state, event)
    return state


def missed(reactor: Reactor[object], log: Log, kind: type[Event]) -> bool:
    """Whether the state would be another without events of this kind."""
    others = [each for each in log if type(each.data) is not kind]
    if len(others) == len(log):
        return False
    return reactor.stored(taken_in(reactor, log)) != reactor.stored(taken_in(reactor, others))


@pytest.mark.parametrize("service", SERVICES)
@given(seed=st.integers(0))
def test_what_a_service_does_not_hear_changes_nothing_in_its_state(service: str, seed: int) -> None:
    reactor, rng = REACTORS[service](), Random(seed)
    heard = sorted(reactor.hears or (), key=wire_type)
    state = taken_in(reactor, a_log(rng, heard))
    before = reactor.stored(state)
    for kind in [kind for kind in CATALOGUE.types.values() if kind not in heard]:
        reactor.evolve(state, an_event(rng, kind))
        assert reactor.stored(state) == before, kind


@pytest.mark.parametrize("service", SERVICES)
def test_every_kind_that_is_heard_would_be_missed(service: str) -> None:
    """The mutation: one kind is forgotten, and it shows."""
    reactor, rng = REACTORS[service](), Random(7)
    heard = sorted(reactor.hears or (), key=wire_type)
    left = set(heard)
    for _ in range(SEEDS):
        log = a_log(rng, heard)
        left -= {kind for kind in left if missed(reactor, log, kind)}
        if not left:
            return
    assert left == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_decider_shows_the_state_nothing_else(service: str) -> None:
    reactor = REACTORS[service]()
    decider = Decider(reactor, reactor.fresh(), 0)
    decider.reactor = None  # type: ignore[assignment]  # so that being shown anything fails
    rng, heard = Random(7), set(reactor.hears or ())
    decider.fold([an_event(rng, kind) for kind in CATALOGUE.types.values() if kind not in heard])
    assert decider.position == 1


@pytest.mark.parametrize("service", SERVICES)
@given(seed=st.integers(0))
async def test_nothing_follows_from_what_is_not_urgent(service: str, seed: int) -> None:
    reactor, rng = REACTORS[service](), Random(seed)
    state = taken_in(reactor, a_log(rng, sorted(reactor.hears or (), key=wire_type)))
    for kind in CATALOGUE.types.values():
        event = an_event(rng, kind)
        with suppress(Exception):  # as above
            reactor.evolve(state, event)
        if reactor.urgent is not None and kind not in reactor.urgent:
            assert list(reactor.react(state, event)) == [], kind
            await reactor.act(event)


@pytest.mark.parametrize("service", ["routing", "sla", "notify", "csi"])
def test_whatever_something_follows_from_is_urgent(service: str) -> None:
    """So that the law above says something: something does follow."""
    reactor, rng, answered = REACTORS[service](), Random(7), set[type[Event]]()
    for _ in range(SEEDS):
        log = a_log(rng, sorted(reactor.hears or (), key=wire_type))
        state = taken_in(reactor, log)
        with suppress(Exception):  # as above
            answered |= {type(each.data) for each in log[-1:] if list(reactor.react(state, each))}
    assert answered
    assert answered <= set(reactor.urgent or ())
