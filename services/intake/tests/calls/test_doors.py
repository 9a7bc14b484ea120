"""`/calls` over a real database: from the exchange's word to the settled call."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from contracts import Meta
from contracts.streams import call_stream
from eventlog.store import NEXT, New
from fastapi import FastAPI
from intake.reactor import IntakeReactor
from msgspec.structs import replace
from testkit.running import whole

pytestmark = pytest.mark.asyncio(loop_scope="module")


def just_now() -> str:
    return (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


async def test_a_missed_call_opens_a_ticket_for_whom_it_was_meant(exchange: SimpleNamespace) -> None:
    """R4-02, R4-08."""
    told = await exchange.missed("+79990000002", agent="vera", direction="Направление 2")
    assert (told["outcome"], told["number"][:4]) == ("opened", "TIC-")
    opened = (await exchange.ticket(told["ticket"]))["conversation"][0]["said"]
    seen = await exchange.seen(told["call"])
    assert opened["wanted"] == seen["meant_for"] == "vera"
    assert (seen["caller"], seen["direction"], seen["advice"]) == ("+79990000002", "direction-2", "write")


async def test_another_call_of_the_same_number_joins_it(exchange: SimpleNamespace) -> None:
    first = await exchange.missed("+7 999 000-00-03")
    again = await exchange.missed("+79990000003")
    assert (again["outcome"], again["ticket"]) == ("appended", first["ticket"])
    assert first["call"] != again["call"]


async def test_a_call_told_twice_is_one_call(exchange: SimpleNamespace) -> None:
    """I1."""
    call = {"id": uuid4().hex, "caller": "+79990000004"}
    answers = [await exchange.tell(**call), await exchange.tell(**call)]
    made = [await exchange.tell("outgoing", id="out", caller="+79990000004") for _ in range(2)]
    assert [each.json()["outcome"] for each in (*answers, *made)] == ["opened", "duplicate", "recorded", "duplicate"]
    assert answers[0].json()["call"] == answers[1].json()["call"]


@pytest.mark.parametrize(
    ("first", "then"), [("missed", "answered"), ("answered", "missed"), ("missed", "missed"), ("outgoing", "outgoing")]
)
async def test_an_id_that_another_call_has_is_refused(exchange: SimpleNamespace, first: str, then: str) -> None:
    call = uuid4().hex
    assert (await exchange.tell(first, id=call, caller=call)).status_code == 202
    answer = await exchange.tell(then, id=call, caller="+79990000099")
    assert (answer.status_code, "id of its own" in answer.json()["detail"]) == (409, True)


async def test_a_regulation_without_missed_calls_says_so(exchange: SimpleNamespace) -> None:
    answer = await exchange.tell(channel="cabinet")
    assert (answer.status_code, answer.json()["reason"]) == (409, "no-missed-calls")
    assert "include: [missed-calls]" in answer.json()["detail"]


async def test_only_an_adapter_of_the_channel_tells_of_calls(exchange: SimpleNamespace) -> None:
    said = {"id": "1", "channel": "demo-phone", "kind": "missed", "caller": "1", "at": just_now()}
    codes = [
        (await exchange.client.post("/calls", json=said, headers=exchange.bearer.get(role, {}))).status_code
        for role in ("nobody", "agent", "cabinet")
    ]
    assert codes == [401, 403, 403]
    assert (await exchange.tell(channel="demo-mail")).json()["reason"] == "not-a-phone"
    assert (await exchange.tell(kind="lost")).status_code == 422


async def test_r4_02_a_ticket_with_an_open_call_is_neither_solved_nor_ended(exchange: SimpleNamespace) -> None:
    told = await exchange.missed(at=just_now())
    codes = [
        (await exchange.ticket_verb(told["ticket"], "resolve", text="Готово")).json()["reason"],
        (await exchange.ticket_verb(told["number"], "close", reason="всё")).json()["reason"],
        (await exchange.ticket_verb(told["ticket"], "annul", reason="всё")).json()["reason"],
    ]
    assert codes == ["call-open"] * 3
    await exchange.do(told["call"], "returned", reached=True)
    await exchange.do(told["call"], "settle", how="called-back")
    assert (await exchange.ticket_verb(told["ticket"], "resolve", text="Готово")).status_code == 200


async def test_r4_02_a_call_back_that_reached_nobody_settles_nothing(exchange: SimpleNamespace) -> None:
    told = await exchange.missed(at=just_now())
    tried = await exchange.do(told["call"], "returned", reached=False)
    refused = await exchange.do(told["call"], "settle", how="called-back")
    assert (tried.json()["tries"], refused.json()["reason"]) == (1, "not-reached")
    seen = await exchange.seen(told["call"], tried.headers["reglament-position"])
    assert (seen["tries"], seen["advice"], seen["settled"]) == (1, "call", None)


@pytest.mark.parametrize("kind", ["outgoing", "answered"])
async def test_r4_03_a_talk_that_the_exchange_tells_of_counts(exchange: SimpleNamespace, kind: str) -> None:
    """Whichever of the two is told first, and through whichever channel."""
    number, at = str(uuid4().int)[:11], just_now()
    talked = await exchange.tell(
        kind, "+" + number, at=datetime.now(UTC).isoformat(), reached=True, channel="demo-site"
    )
    told = await exchange.missed(number, at=at)
    assert (await exchange.seen(told["call"]))["advice"] == "talked"
    settled = (await exchange.do(told["call"], "settle", how="called-back")).json()
    assert (settled["settled"], settled["ended"]) == ("called-back", False)
    assert talked.json()["outcome"] == "recorded"


async def test_r4_04_who_was_written_to_elsewhere_is_linked_with_the_topic(exchange: SimpleNamespace) -> None:
    """R4-03 to R4-05."""
    number = "+79990000005"
    other = await exchange.wrote({"id": number})
    await exchange.ticket_verb(other, "reply", text="Везём")
    told = await exchange.missed(number)
    there = await exchange.ticket(other)
    assert (await exchange.seen(told["call"]))["advice"] == f"already contacted in {there['number']}"
    assert (await exchange.do(told["call"], "settle", how="already-contacted")).json()["reason"] == "topic-needed"
    settled = (await exchange.do(told["call"], "settle", how="already-contacted", topic="delivery")).json()
    assert (settled["contact"], settled["topic"], settled["ended"], settled["standing"]) == (
        other,
        "delivery",
        True,
        "closed",
    )
    topics = [
        each["said"]["topic"] for each in (await exchange.ticket(other))["conversation"] if "topic" in each["type"]
    ]
    assert topics == ["delivery"]


async def test_r4_03_a_letter_in_another_channel_is_found_by_the_address(exchange: SimpleNamespace) -> None:
    raw = (
        "From: client@example.ru\r\nMessage-ID: <call-1@example.ru>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nГде заказ?\r\n"
    ).encode()
    mail = await exchange.client.post("/channels/demo-mail", content=raw, headers=exchange.bearer["adapter"])
    await exchange.ticket_verb(mail.json()["ticket"], "ask", text="Какой номер?")
    told = await exchange.missed(caller={"id": "+79990000006", "email": "Client@example.ru"})
    assert (await exchange.seen(told["call"]))["contact"]["ticket"] == mail.json()["ticket"]


async def test_an_agent_may_name_the_ticket_where_contact_was_made(exchange: SimpleNamespace) -> None:
    other = await exchange.wrote({"id": uuid4().hex})
    told = await exchange.missed()
    number = (await exchange.ticket(other))["number"]
    wish = {"how": "already-contacted", "contact": number, "topic": "payment"}
    assert (await exchange.do(told["call"], "settle", **wish)).json()["reason"] == "no-contact"
    await exchange.ticket_verb(other, "reply", text="Деньги вернули")
    assert (await exchange.do(told["call"], "settle", **wish)).json()["contact"] == other


async def test_a_26_an_old_call_is_answered_in_writing_and_closed_as_stale(exchange: SimpleNamespace) -> None:
    told = await exchange.missed()
    refused = await exchange.do(told["call"], "settle", how="written")
    await exchange.ticket_verb(told["ticket"], "reply", text="Вы звонили нам")
    assert (await exchange.seen(told["call"]))["advice"] == "written"
    settled = await exchange.do(told["call"], "settle", how="written")
    assert (refused.json()["reason"], settled.json()["ended"]) == ("not-written", True)
    last = (await exchange.ticket(told["ticket"]))["conversation"]
    assert [each["said"]["reason"] for each in last if each["type"] == "ticket.closed.v1"] == ["stale"]
    assert (await exchange.seen(told["call"], settled.headers["reglament-position"]))["settled"] == "written"


async def test_r4_07_a_young_call_is_not_answered_in_writing(exchange: SimpleNamespace) -> None:
    told = await exchange.missed(at=just_now())
    await exchange.ticket_verb(told["ticket"], "reply", text="Вы звонили нам")
    assert (await exchange.do(told["call"], "settle", how="written")).json()["reason"] == "call-first"


async def test_one_call_back_settles_the_earlier_calls_too(exchange: SimpleNamespace) -> None:
    number = "+79990000007"
    calls = [(await exchange.missed(number, at=f"2026-07-06T1{n}:00:00+03:00"))["call"] for n in range(3)]
    await exchange.do(calls[1], "returned", reached=True)
    settled = await exchange.do(calls[1], "settle", how="called-back")
    assert sorted(settled.json()["calls"]) == sorted(calls[:2])
    position = settled.headers["reglament-position"]
    assert [(await exchange.seen(each, position))["settled"] for each in calls] == ["called-back", "called-back", None]


async def test_r4_08_another_agents_call_is_left_alone(exchange: SimpleNamespace) -> None:
    told = await exchange.missed(agent="vera", at=just_now())
    refused = await exchange.do(told["call"], "returned", "agent", reached=True)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not-yours")
    mine = await exchange.missed(agent="agent", at=just_now())
    assert (await exchange.do(mine["call"], "returned", "agent", reached=True)).status_code == 200
    named = await exchange.do(mine["call"], "returned", "agent", reached=True, agent="vera")
    assert named.status_code == 403


async def test_a_command_repeated_under_its_key_is_recorded_once(exchange: SimpleNamespace) -> None:
    """I6."""
    told = await exchange.missed(at=just_now())
    headers = exchange.bearer["lead"] | {"Idempotency-Key": "once"}
    doors = f"/calls/{told['call']}/returned"
    answers = [await exchange.client.post(doors, json={"reached": False}, headers=headers) for _ in range(2)]
    assert len({each.headers["reglament-position"] for each in answers}) == 1
    assert (await exchange.seen(told["call"], answers[1].headers["reglament-position"]))["tries"] == 1


async def test_another_command_about_a_call_under_a_used_key_is_refused(exchange: SimpleNamespace) -> None:
    told = await exchange.missed(at=just_now())
    headers = exchange.bearer["lead"] | {"Idempotency-Key": "one"}
    asked = [("returned", {"reached": True}), ("returned", {"reached": False}), ("settle", {"how": "called-back"})]
    answers = [
        await exchange.client.post(f"/calls/{told['call']}/{do}", json=said, headers=headers) for do, said in asked
    ]
    assert [each.status_code for each in answers] == [200, 409, 409]
    assert (await exchange.do(told["call"], "settle", how="called-back")).json()["settled"] == "called-back"
    again = await exchange.client.post(f"/calls/{told['call']}/returned", json={"reached": True}, headers=headers)
    assert (again.status_code, again.json()["settled"], again.json()["tries"]) == (200, "called-back", 1)


async def test_the_list_is_cut_into_pages_and_by_what_is_asked_for(exchange: SimpleNamespace) -> None:
    told = [await exchange.missed(agent="olga") for _ in range(3)]
    first = (await exchange.client.get("/calls?agent=olga&limit=2", headers=exchange.bearer["agent"])).json()
    rest = await exchange.listed(f"?agent=olga&limit=2&cursor={first['next']}")
    found = [each["call"] for each in (*first["calls"], *rest)]
    assert found == [each["call"] for each in told]
    assert await exchange.listed("?agent=olga&state=settled") == []
    (one,) = await exchange.listed(f"?ticket={told[0]['number']}")
    assert one["call"] == told[0]["call"]


async def test_what_there_is_not_is_not_found(exchange: SimpleNamespace) -> None:
    codes = [
        (await exchange.do(str(uuid4()), "returned", reached=True)).status_code,
        (await exchange.do("nothing", "settle", how="written")).status_code,
        (await exchange.client.get("/calls?state=lost", headers=exchange.bearer["agent"])).status_code,
    ]
    assert codes == [404, 422, 422]


@pytest.mark.parametrize("kind", ["missed", "answered", "outgoing"])
@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1899-06-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
async def test_a_call_of_another_age_is_refused(exchange: SimpleNamespace, kind: str, at: str) -> None:
    answer = await exchange.tell(kind, at=at)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["/at"])


async def test_a_call_of_another_age_that_is_recorded_already_stops_nobody(
    exchange: SimpleNamespace, app: FastAPI
) -> None:
    """No door takes one any more; a log keeps what it was told."""
    told, log = await exchange.missed(), app.state.house.log
    (missed,) = await log.opened(await log.read(call_stream(told["call"])))
    old = replace(missed.data, call=str(uuid4()), called_at=datetime(1, 1, 1, tzinfo=UTC))
    new = New(id=str(uuid4()), stream=call_stream(old.call), version=NEXT, event=old, meta=Meta(actor="test"))
    position = (await log.append([new])).last
    assert (await exchange.seen(old.call, str(position)))["advice"] == "write"
    await exchange.ticket_verb(told["ticket"], "reply", text="Вы звонили нам")
    assert (await exchange.do(old.call, "settle", how="written")).json()["settled"] == "written"


async def test_a_topic_that_is_none_lists_those_there_are(exchange: SimpleNamespace) -> None:
    told = await exchange.missed()
    answer = await exchange.do(told["call"], "settle", how="written", topic="weather")
    assert answer.status_code == 422
    assert "delivery, payment, complaint" in answer.text


async def test_who_reads_the_log_again_knows_the_same_open_calls(exchange: SimpleNamespace, app: FastAPI) -> None:
    """I8."""
    told = await exchange.missed()
    house = app.state.house
    reactor = IntakeReactor(house.log)
    state = reactor.fresh()
    for each in await whole(house.log):
        reactor.evolve(state, each)
    assert reactor.restored(reactor.stored(state)).calls == house.host.state.calls
    assert state.calls[told["ticket"]] == [told["call"]]
