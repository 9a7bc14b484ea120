"""The promises of reliability.md §2.1 held against the log and what clients and mail servers saw.

What a rule gives back is what is wrong, each line beginning with the invariant's number; nothing is good.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from contracts import Event, Recorded
from contracts.csi import RatingExpired
from contracts.intake import MessageReceived, TicketOpened
from contracts.notify import CabinetPublished, DeliveryFailed, DeliveryIntended, DeliverySent, DeliverySuppressed
from contracts.routing import TicketAssigned
from contracts.sla import AutoCloseDue, ClockStarted, DeadlineApproaching, DeadlineBreached, VendorOverran

from testkit.history import History
from testkit.invariants import once, unbroken

Log = Sequence[Recorded[Event]]
OUTCOMES = (DeliverySent, DeliveryFailed, DeliverySuppressed)
BY_TIME = (AutoCloseDue, DeadlineApproaching, DeadlineBreached, VendorOverran, RatingExpired)
"""What may be said because of an old event, since a timer and not that event led to it."""
FIRST_CLOCK = "level1"
ACKNOWLEDGEMENT = "ticket_opened"


def kept_once(history: History, log: Log) -> Iterator[str]:
    """I1: what was taken is there exactly once, in the ticket that its client was told of."""
    received: dict[str, list[MessageReceived]] = defaultdict(list)
    for each in log:
        if isinstance(each.data, MessageReceived):
            received[each.data.message].append(each.data)
    for intent, posts in history.by_intent().items():
        found = [said for message in {post.message for post in posts} for said in received[message]]
        if len(found) > 1 or (intent in history.taken and not found):
            yield f"I1: message {intent} is in the log {len(found)} times"
        if {post.ticket for post in posts if post.taken} - {said.ticket for said in found}:
            yield f"I1: message {intent} is not in the ticket that its sender was told of"


def nothing_invented(history: History, log: Log) -> Iterator[str]:
    """I2: no message stands in the log that nobody sent."""
    sent = {post.message for post in history}
    for each in log:
        if isinstance(each.data, MessageReceived) and each.data.message not in sent:
            yield f"I2: message {each.data.message} at {each.position} was never sent"


def caused(log: Log) -> Iterator[str]:
    """I2: every event names a cause that exists, and a reaction one that came before it, or a person's command."""
    positions = {each.id: each.position for each in log}
    for each in log:
        cause, reaction = each.meta.causation, each.meta.reaction
        if not cause and not each.meta.correlation:
            yield f"I2: {each.id} at {each.position} has neither cause nor command"
        elif cause and (cause not in positions or (reaction and positions[cause] >= each.position)):
            yield f"I2: {each.id} at {each.position} is caused by {cause}, which is not there before it"


def answered_once(log: Log) -> Iterator[str]:
    """I6: every opened ticket got one assignment, one first clock, one acknowledgement and one cabinet entry."""
    said = Counter(chain.from_iterable(_answers(each.data) for each in log))
    opened = {each.id: each.data.ticket for each in log if isinstance(each.data, TicketOpened)}
    for event, ticket in opened.items():
        wanted = (("assigned", ticket), ("clock", ticket), ("acknowledged", event), ("cabinet", event))
        yield from (f"I6: {ticket} was {each[0]} {said[each]} times" for each in wanted if said[each] != 1)


def _answers(said: Event) -> Iterator[tuple[str, str]]:
    match said:
        case TicketAssigned(ticket=ticket):
            yield "assigned", ticket
        case ClockStarted(ticket=ticket, name=name) if name == FIRST_CLOCK:
            yield "clock", ticket
        case DeliveryIntended(template=template, cause=cause, audience="requester") if template == ACKNOWLEDGEMENT:
            yield "acknowledged", cause
        case CabinetPublished(template=template, cause=cause) if template == ACKNOWLEDGEMENT:
            yield "cabinet", cause


def in_order(log: Log) -> Iterator[str]:
    """I7: a service answers the events of one stream in the order of their versions."""
    places = {each.id: (each.stream, each.version) for each in log}
    reached: dict[tuple[str, str], int] = defaultdict(int)
    for each in log:
        cause = places.get(each.meta.causation)
        if not each.meta.reaction or cause is None or isinstance(each.data, BY_TIME):
            continue
        stream, version = cause
        if version < reached[each.meta.actor, stream]:
            yield f"I7: {each.meta.actor} answered version {version} of {stream} after a later one"
        reached[each.meta.actor, stream] = max(version, reached[each.meta.actor, stream])


def settled_once(log: Log) -> Iterator[str]:
    """I13: every message meant for somebody has exactly one outcome, and no outcome lacks its message."""
    outcomes = Counter(each.stream for each in log if isinstance(each.data, OUTCOMES))
    intended = {each.stream for each in log if isinstance(each.data, DeliveryIntended)}
    yield from (f"I13: {name} has {outcomes[name]} outcomes" for name in sorted(intended) if outcomes[name] != 1)
    yield from (f"I13: {name} was never intended" for name in sorted(outcomes.keys() - intended))


def mailed_once(log: Log, mails: Mapping[str, int], crashes: int) -> Iterator[str]:
    """I13: a mail said to be sent arrived, always under one Message-ID, at most once more than there were crashes."""
    sent = {each.data.reference for each in log if isinstance(each.data, DeliverySent) and "@" in each.data.reference}
    intended = {each.data.delivery for each in log if isinstance(each.data, DeliveryIntended)}
    names = Counter(_delivery(one) for one in mails)
    yield from (f"I13: {one} was said to be sent and never arrived" for one in sorted(sent) if not mails.get(one))
    yield from (f"I13: {one} arrived {n} times" for one, n in sorted(mails.items()) if n > 1 + crashes)
    yield from (f"I13: delivery {name} had {n} Message-IDs" for name, n in sorted(names.items()) if n > 1)
    yield from (f"I13: nobody meant to send {one}" for one in sorted(mails) if _delivery(one) not in intended)


def _delivery(message_id: str) -> str:
    """The delivery that one of our Message-IDs, `<t.ticket.mac.delivery@domain>`, belongs to."""
    return message_id.rpartition("@")[0].rpartition(".")[2]


def same_rows(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """I8: the views made anew, table by table, are what they were."""
    if not before:
        yield "I8: there are no views"
    for table in sorted(before.keys() | after.keys()):
        if before.get(table) != after.get(table):
            yield f"I8: {table} is not the same when it is made anew"


RULES: tuple[Callable[[Log], Iterable[str]], ...] = (unbroken, caused, once, answered_once, in_order, settled_once)
"""What the log alone must fulfil."""


def broken(log: Log, history: History) -> list[str]:
    """Everything that is wrong with a log and what its clients saw."""
    wrong = [*chain.from_iterable(rule(log) for rule in RULES)]
    return [*wrong, *kept_once(history, log), *nothing_invented(history, log)]
