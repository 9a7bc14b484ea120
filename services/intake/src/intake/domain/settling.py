"""Settling a missed call: the call, the earlier ones with it, both tickets' topic and link, and its ticket's end."""

from collections.abc import Sequence
from typing import NamedTuple

from regulation.stage import Kind
from regulation.ways import passed

from intake.domain.aging import Contact, rule_of
from intake.domain.call import Call, Settling
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.stages import to_kind
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket

CONTACTED = "already-contacted"
COMMENT = {
    "ru": "По этому звонку с Вами уже связались: обращение {number}, {at:%d.%m.%Y %H:%M} UTC, {agent}.",
    "en": "This call was answered already: ticket {number}, {at:%Y-%m-%d %H:%M} UTC, {agent}.",
}
WRITTEN = {
    "ru": "Мы ответили на Ваш звонок письмом.",
    "en": "We have answered your call in writing.",
}


class Case(NamedTuple):
    """The call first and with it the earlier open ones of its ticket; `later` are open ones that stay so.

    `other` is the ticket in which contact was made, None where there is none or it is the call's own.
    """

    calls: Sequence[Call]
    ticket: Ticket
    other: Ticket | None = None
    later: bool = False


def settle(case: Case, by: Hand, settling: Settling) -> None:
    """Settle the calls and say the topic on both tickets (R4-03 to R4-07); RefusedError says what is missing."""
    first, *earlier = case.calls
    settling = settling._replace(topic=_topic(case, by, settling))
    first.settle(by, settling)
    for each in earlier:
        each.settle_with(by, settling)
    case.ticket.set_topic(by, settling.topic)
    if settling.how == CONTACTED and case.other is not None:
        if case.ticket.standing is not Standing.merged:
            case.ticket.link(by, case.other, "contact", CONTACTED)
        if not case.other.topic:
            case.other.set_topic(by, settling.topic)


def finish(case: Case, by: Hand, settling: Settling, stale: str) -> bool:
    """End a ticket that was nothing but the call, as `stale` when it was answered in writing (R4-04, A-26).

    Says whether there was one; RefusedError where the regulation does not let it end.
    """
    ticket = case.ticket
    about_the_call = any(call.missed.outcome == "opened" for call in case.calls)
    going_on = ticket.standing in {Standing.open, Standing.resolved}
    if settling.how == "called-back" or case.later or not (about_the_call and going_on):
        return False
    if settling.how == CONTACTED and (contact := settling.traces.contact):
        text = _comment(case, contact)
        ticket.note(by, text)
        _end(ticket, by, CONTACTED, text)
        return True
    _end(ticket, by, stale, WRITTEN[_language(ticket)])
    return True


def _end(ticket: Ticket, by: Hand, reason: str, text: str) -> None:
    """Close it, through the working stages that lie between; where an agent may not, solve it."""
    for stage in passed(by.regulation, ticket.stage, Kind.closed, by.actor):
        ticket.escalate(by, stage, reason)
    if not (_closable(ticket, by) or ticket.solved):
        ticket.resolve(by, text)
    if _closable(ticket, by):
        ticket.close(by, reason)


def _closable(ticket: Ticket, by: Hand) -> bool:
    try:
        to_kind(ticket.stage, Kind.closed, by)
    except RefusedError:
        return False
    return True


def _topic(case: Case, by: Hand, settling: Settling) -> str:
    """The one named, else what either ticket is about already; a contact that is pointed at needs one (R4-05)."""
    rule = rule_of(by.regulation)
    topic = settling.topic or (case.other.topic if case.other else "") or case.ticket.topic
    if rule.topics and settling.how == CONTACTED and not topic:
        raise RefusedError(
            f"Say what it was about, for both tickets: topic is one of {', '.join(rule.topics)}.", "topic-needed"
        )
    return topic


def _comment(case: Case, contact: Contact) -> str:
    where = case.other or case.ticket
    return COMMENT[_language(case.ticket)].format(number=where.number, at=contact.at, agent=contact.agent)


def _language(ticket: Ticket) -> str:
    return ticket.opened.language if ticket.opened.language in COMMENT else "ru"
