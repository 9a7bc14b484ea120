"""One missed call under the demo's regulation: given events, when a verb, then events."""

from datetime import timedelta

import pytest
from contracts import Event
from contracts.intake import CallMissed, CallReturned, CallSettled
from intake.domain.aging import Contact, Talk, Traces
from intake.domain.call import Call, How, Settling
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from regulation.document import Regulation
from testkit.streams import NINE, given, new_events

MISSED = CallMissed(
    at=NINE, call="c", channel="demo-phone", requester="r", caller="+79990000001", ticket="1", called_at=NINE,
    agent="vera", phone="p", regulation="demo@1",
)  # fmt: skip
OLD = timedelta(days=7)
CONTACT = Contact("2", NINE, "oleg")
REACHED = CallReturned(at=NINE, call="c", agent="vera", reached=True)
MISSED_AGAIN = CallReturned(at=NINE, call="c", agent="vera", reached=False)
SETTLED = CallSettled(at=NINE, call="c", ticket="1", how="called-back", agent="vera")


@pytest.fixture
def vera(demo: Regulation) -> Hand:
    return Hand(NINE, "vera", demo)


def call(*events: Event) -> Call:
    return given(Call, "call-c", MISSED, *events)


def settling(how: How, **traces: object) -> Settling:
    return Settling(how, Traces(**traces))  # type: ignore[arg-type]  # as named by each test


def refusal(one: Call, by: Hand, wish: Settling) -> str:
    with pytest.raises(RefusedError) as refused:
        one.settle(by, wish)
    assert new_events(one) == []
    return refused.value.reason


def test_r4_02_a_call_is_returned_as_often_as_it_takes(vera: Hand) -> None:
    one = call()
    one.call_back(vera, reached=False)
    one.call_back(vera, reached=True)
    assert new_events(one) == [MISSED_AGAIN, REACHED]
    assert one.tries == 2


def test_r4_02_it_is_settled_by_a_talk(vera: Hand) -> None:
    one = call(REACHED)
    one.settle(vera, settling("called-back"))
    assert new_events(one) == [SETTLED]


def test_r4_02_a_talk_that_the_exchange_tells_of_is_named(vera: Hand) -> None:
    one = call()
    one.settle(vera, settling("called-back", talk=Talk("t", NINE, "oleg")))
    (said,) = new_events(one)
    assert isinstance(said, CallSettled)
    assert (said.how, said.talked) == ("called-back", "t")


def test_a_26_nobody_settles_a_call_in_silence(vera: Hand) -> None:
    assert refusal(call(MISSED_AGAIN), vera, settling("called-back")) == "not-reached"
    assert refusal(call(), vera, settling("already-contacted", written=True)) == "no-contact"


def test_r4_04_a_call_that_was_answered_elsewhere_names_the_ticket(vera: Hand) -> None:
    one = call()
    one.settle(vera, settling("already-contacted", contact=CONTACT)._replace(topic="delivery"))
    (said,) = new_events(one)
    assert isinstance(said, CallSettled)
    assert (said.contact, said.topic) == ("2", "delivery")


def test_r4_07_a_letter_is_no_answer_to_a_young_call(vera: Hand) -> None:
    assert refusal(call(), vera, settling("written", written=True)) == "call-first"


def test_a_26_an_old_one_is_settled_by_a_letter_and_not_without(vera: Hand) -> None:
    late = vera._replace(at=NINE + OLD)
    assert refusal(call(), late, settling("written")) == "not-written"
    one = call()
    one.settle(late, settling("written", written=True))
    assert [type(each) for each in new_events(one)] == [CallSettled]


def test_an_old_one_may_still_be_called_back(vera: Hand) -> None:
    """R4-02 is rule 0."""
    one = call(REACHED)
    one.settle(vera._replace(at=NINE + OLD), settling("called-back"))
    assert one.settled == "called-back"


def test_settled_twice_alike_is_settled_once_and_otherwise_is_refused(vera: Hand) -> None:
    one = call(REACHED, SETTLED)
    one.settle(vera, settling("called-back"))
    assert new_events(one) == []
    assert refusal(one, vera, settling("already-contacted", contact=CONTACT)) == "settled"
    with pytest.raises(RefusedError):
        one.call_back(vera, reached=True)


@pytest.mark.parametrize("who", ["vera", "holder"])
def test_r4_08_whom_it_was_meant_for_or_who_got_its_ticket_deals_with_it(who: str) -> None:
    call().refuse_another(who, "holder")


def test_r4_08_nobody_else_does() -> None:
    with pytest.raises(RefusedError, match="ask a lead"):
        call().refuse_another("oleg", "holder")


def test_a_call_for_anybody_is_anybodys() -> None:
    missed = CallMissed(
        at=NINE, call="c", channel="x", requester="r", caller="1", ticket="1", called_at=NINE, phone="p"
    )
    given(Call, "call-c", missed).refuse_another("oleg", "")
