"""A checker that cannot go red proves nothing: each rule is shown a history that breaks it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.intake import AgentReplied, MessageReceived
from contracts.notify import CabinetPublished, DeliveryIntended, DeliverySent, DeliverySuppressed
from contracts.reasons import Assignment, Deadline, Threading
from contracts.routing import TicketAssigned
from contracts.sla import ClockStarted
from contracts.streams import message_id
from testkit.checker import broken, mailed_once, same_rows
from testkit.history import History, Post
from testkit.streams import NINE, opened

Log = Sequence[Recorded[Event]]
TICKETS = ("a", "b")


def life(ticket: str) -> Iterator[tuple[str, str, Event, Meta]]:
    """Stream, id, event and meta of everything that follows from one message."""
    person, first, second = Meta(correlation="someone"), f"{ticket}-opened", f"{ticket}-replied"
    received = MessageReceived(
        at=NINE, message=message_id("api", ticket), channel="api", external_id=ticket, requester="r", ticket=ticket,
        number=ticket, outcome="opened", because=Threading(rule="none"),
    )  # fmt: skip
    yield f"ticket-{ticket}", first, opened(ticket), person
    yield f"message-{ticket}", f"{ticket}-message", received, person
    yield (
        f"ticket-{ticket}",
        second,
        AgentReplied(at=NINE, ticket=ticket, requester="r", agent="anna", text="!"),
        person,
    )
    assigned = TicketAssigned(at=NINE, ticket=ticket, group="g", agent="anna", because=Assignment(rule="turn"))
    yield f"assignment-{ticket}", f"{ticket}-assigned", assigned, answer("routing", first)
    yield f"clock-{ticket}", f"{ticket}-clock", clock(ticket), answer("sla", first)
    yield from told(ticket, first, "ticket_opened")
    yield from told(ticket, second, "agent_replied")
    shown = CabinetPublished(at=NINE, delivery="c", ticket=ticket, requester="r", template="ticket_opened", cause=first)
    yield f"delivery-c-{ticket}", f"{ticket}-cabinet", shown, answer("notify", second, "cabinet")


def told(ticket: str, cause: str, template: str) -> Iterator[tuple[str, str, Event, Meta]]:
    name = f"{template}-{ticket}"
    intended = DeliveryIntended(
        at=NINE, delivery=name, ticket=ticket, medium="mail", audience="requester", template=template, language="ru",
        cause=cause,
    )  # fmt: skip
    sent = DeliverySent(at=NINE, delivery=name, ticket=ticket, reference=f"<t.{name}@desk.example>")
    yield f"delivery-{name}", f"{name}-intended", intended, answer("notify", cause, template)
    yield f"delivery-{name}", f"{name}-sent", sent, Meta(causation=cause)


def clock(ticket: str) -> ClockStarted:
    because = Deadline(plan="p", category="c", priority="p", written="1 час", calendar="office")
    due = NINE + timedelta(hours=1)
    return ClockStarted(
        at=NINE, clock=ticket, ticket=ticket, name="level1", owner="team", target=3600, due_at=due, because=because
    )


def answer(actor: str, cause: str, reaction: str = "answer") -> Meta:
    return Meta(actor=actor, causation=cause, reaction=reaction)


def placed(entries: Sequence[tuple[str, str, Event, Meta]]) -> Log:
    """These entries as a log: positions and versions as they come."""
    log: list[Recorded[Event]] = []
    for stream, name, event, meta in entries:
        version = 1 + sum(each.stream == stream for each in log)
        log.append(
            Recorded(
                position=len(log) + 1, id=name, stream=stream, version=version, recorded_at=NINE, data=event, meta=meta
            )
        )
    return log


def whole() -> Log:
    return placed([each for ticket in TICKETS for each in life(ticket)])


def rewritten(log: Log) -> Log:
    """The log with its positions and versions put in order, so that only what it says is wrong."""
    return placed([(each.stream, each.id, each.data, each.meta) for each in log])


def history(*posts: Post) -> History:
    return History(posts or [taken(n, ticket) for n, ticket in enumerate(TICKETS)])


def taken(intent: int, key: str, ticket: str = "") -> Post:
    return Post(intent=intent, channel="api", key=key, status=202, ticket=ticket or key, outcome="opened")


def without(name: str) -> Callable[[Log], Log]:
    return lambda log: rewritten([each for each in log if each.id != name])


def twice(name: str) -> Callable[[Log], Log]:
    return lambda log: rewritten(
        [*log, *(msgspec.structs.replace(each, id=f"{name}-again") for each in log if each.id == name)]
    )


def swapped(first: int, second: int) -> Callable[[Log], Log]:
    def doctored(log: Log) -> Log:
        order = list(log)
        order[first], order[second] = order[second], order[first]
        return rewritten(order)

    return doctored


def renumbered(log: Log) -> Log:
    """The two versions of one ticket the wrong way round."""
    return [
        msgspec.structs.replace(each, version=3 - each.version) if each.stream == "ticket-a" else each for each in log
    ]


def suppressed_too(log: Log) -> Log:
    said = DeliverySuppressed(at=NINE, delivery="ticket_opened-a", ticket="a", rule="brake")
    entries = [(each.stream, each.id, each.data, each.meta) for each in log]
    return placed([*entries, ("delivery-ticket_opened-a", "held", said, Meta(causation="a-opened"))])


DOCTORED: dict[str, tuple[str, Callable[[Log], Log]]] = {
    "an event taken out": ("I3", lambda log: [each for each in log if each.id != "a-replied"]),
    "versions changed round": ("I3", renumbered),
    "the same event twice": ("I3", lambda log: rewritten([*log, log[0]])),
    "an accepted message taken out": ("I1", without("a-message")),
    "a message received twice": ("I1", twice("a-message")),
    "a cause taken out": ("I2", without("a-opened")),
    "an answer before its cause": ("I2", swapped(0, 3)),
    "an assignment taken out": ("I6", without("a-assigned")),
    "a second assignment": ("I6", twice("a-assigned")),
    "a clock taken out": ("I6", without("a-clock")),
    "a second acknowledgement": ("I6", twice("ticket_opened-a-intended")),
    "a cabinet entry taken out": ("I6", without("a-cabinet")),
    "answers in the wrong order": ("I7", swapped(5, 7)),
    "an outcome taken out": ("I13", without("agent_replied-a-sent")),
    "a delivery that ends twice": ("I13", twice("agent_replied-a-sent")),
    "a delivery sent and suppressed": ("I13", suppressed_too),
    "an outcome without its message": ("I13", without("agent_replied-a-intended")),
}


def numbers(wrong: Sequence[str]) -> set[str]:
    return {line.partition(":")[0] for line in wrong}


def test_a_sound_log_is_green() -> None:
    assert broken(whole(), history()) == []


@pytest.mark.parametrize(("number", "doctor"), DOCTORED.values(), ids=DOCTORED.keys())
def test_a_doctored_log_is_red(number: str, doctor: Callable[[Log], Log]) -> None:
    assert number in numbers(broken(doctor(whole()), history()))


@pytest.mark.parametrize(
    ("number", "posts"),
    [
        ("I1", [taken(0, "a"), taken(0, "b")]),
        ("I1", [taken(0, "a"), taken(1, "b"), taken(2, "lost")]),
        ("I1", [taken(0, "a"), taken(1, "b", ticket="another")]),
        ("I2", [taken(0, "a")]),
    ],
    ids=["a retry under a fresh key", "an accepted message lost", "another ticket told", "a message nobody sent"],
)
def test_a_history_that_the_log_does_not_bear_out_is_red(number: str, posts: list[Post]) -> None:
    assert number in numbers(broken(whole(), history(*posts)))


def test_an_attempt_without_an_answer_may_have_been_taken_or_not() -> None:
    unknown = Post(intent=7, channel="api", key="never-arrived", status=0)

    assert broken(whole(), history(taken(0, "a"), taken(1, "b"), unknown)) == []


@pytest.mark.parametrize(
    ("mails", "crashes"),
    [
        ({}, 9),
        ({"<t.ticket_opened-a@desk.example>": 3}, 1),
        ({"<t.strange@desk.example>": 1}, 9),
        ({"<t.other.ticket_opened-a@desk.example>": 1}, 9),
    ],
    ids=[
        "a mail that never came",
        "a mail that came too often",
        "a mail nobody meant to send",
        "a resent mail under another name",
    ],
)
def test_mails_that_the_log_does_not_bear_out_are_red(mails: dict[str, int], crashes: int) -> None:
    sound = {each.data.reference: 1 for each in whole() if isinstance(each.data, DeliverySent)}
    seen = {**(sound if mails else {}), **mails}

    assert list(mailed_once(whole(), sound, 0)) == []
    assert numbers([*mailed_once(whole(), seen, crashes)]) == {"I13"}


def test_views_that_differ_are_red() -> None:
    assert list(same_rows({"sla.clocks": "1"}, {"sla.clocks": "1"})) == []
    assert numbers([*same_rows({"sla.clocks": "1"}, {"sla.clocks": "2"})]) == {"I8"}
    assert numbers([*same_rows({"sla.clocks": "1"}, {})]) == {"I8"}
