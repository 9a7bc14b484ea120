"""Routing behind its doors, on a real PostgreSQL and NATS."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.intake import TicketClosed
from contracts.routing import BacklogPickedUp
from contracts.streams import ticket_stream
from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog, connect
from eventlog.rebuilding import prepare_views
from routing.reactor import RoutingReactor
from testkit.servers import Database

Intake = Any  # the class lives in conftest.py

NOW = datetime.now(UTC)


async def test_a_ticket_is_given_in_turn_and_says_why(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.agent("boris", online=False)
    await intake.open("t1")

    shown = (await intake.call("GET", "/tickets/t1/assignment", who="agent")).json()

    assert (shown["agent"], shown["group"], shown["because"]["rule"]) == ("anna", "support", "turn")
    assert [(each["agent"], each.get("excluded")) for each in shown["because"]["candidates"]] == [
        ("anna", None),
        ("boris", "offline"),
    ]


async def test_queues_load_and_fairness_count_the_same_work(intake: Intake) -> None:
    await intake.open("t0")
    await intake.agent("anna")
    await intake.given("t0", 3)
    await intake.open("t1")

    (queue,) = await intake.get("/queues")
    assert (queue["group"], queue["channel"], queue["waiting"], queue["held"]) == ("support", "email", 0, 2)
    assert await intake.get("/queues?group=duty") == await intake.get("/queues?line=none") == []
    (load,) = await intake.get("/load")
    assert (load["agent"], load["open"], load["open_requests"], load["requests"]) == ("anna", 2, 2, True)
    (share,) = await intake.get("/fairness")
    assert (share["pool"], share["agent"], share["turns"], share["share"]) == ("support/requests", "anna", 2, 1.0)
    assert await intake.get("/fairness?until=2020-01-01") == []


async def test_waiting_work_shows_how_long_it_waits(intake: Intake) -> None:
    await intake.open("t0")

    (queue,) = await intake.get("/queues")

    assert queue["waiting"] == 1
    assert queue["oldest"] is not None


async def test_an_agent_takes_and_passes_on(intake: Intake) -> None:
    """R4-01: whoever has difficulty answering passes the client to a colleague."""
    await intake.open("t1")
    await intake.agent("anna", online=False)
    await intake.agent("boris", "Дежурная группа", online=False)

    taken = await intake.call("POST", "/tickets/t1/take", who="anna")
    passed = await intake.call("POST", "/tickets/t1/transfer", {"agent": "boris", "reason": "his project"}, "anna")

    assert (taken.json()["agent"], passed.json()) == ("anna", {"ticket": "t1", "agent": "boris", "group": "duty"})
    history = (await intake.call("GET", "/tickets/t1/assignment")).json()["history"]
    assert [(each["agent"], each["by"], each["reason"]) for each in history] == [
        ("", "routing", ""),
        ("anna", "anna", ""),
        ("boris", "anna", "his project"),
    ]
    (load,) = [
        each for each in await intake.get("/load", after=int(passed.headers["reglament-position"])) if each["open"]
    ]
    assert load["agent"] == "boris"


async def test_a_ticket_handed_to_a_group_by_title_is_dealt_there(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    await intake.agent("boris", "duty")

    await intake.call("POST", "/tickets/t1/transfer", {"group": "Duty group"})
    await intake.given("t1", 3)

    shown = (await intake.call("GET", "/tickets/t1/assignment")).json()
    assert (shown["agent"], shown["group"], shown["because"]["rule"]) == ("boris", "duty", "turn")


IMPOSSIBLE = [
    ("/tickets/t1/take", None, "boris", 409),  # not in the group
    ("/tickets/t1/take", None, "lead", 409),  # no agent at all
    ("/tickets/t1/transfer", {"agent": "nobody"}, "anna", 409),
    ("/tickets/t1/transfer", {"agent": "boris", "group": "duty"}, "anna", 422),
    ("/tickets/t1/transfer", {}, "anna", 422),
    ("/tickets/t1/transfer", {"group": "chess"}, "anna", 422),
    ("/tickets/t1/transfer", {"agent": "boris"}, "analyst", 403),
    ("/tickets/t9/take", None, "anna", 404),
]


async def test_the_impossible_is_refused(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.agent("boris", "duty")
    await intake.open("t1")

    for path, body, who, status in IMPOSSIBLE:
        answer = await intake.call("POST", path, body, who)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), body


async def test_a_closed_ticket_cannot_be_taken(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    closed = await intake.say(TicketClosed(at=NOW, ticket="t1", by="system"), ticket_stream("t1"))
    await intake.get("/queues", after=closed)

    answer = await intake.call("POST", "/tickets/t1/take", who="anna")

    assert (answer.status_code, answer.json()["reason"]) == (409, "closed")
    assert await intake.get("/queues") == []


async def test_presence_is_ones_own_or_the_heads_to_say(intake: Intake) -> None:
    await intake.agent("anna", online=False)

    for who, status in {"boris": 403, "ops": 403, "anna": 200, "lead": 200, "admin": 200}.items():
        answer = await intake.call("POST", "/agents/anna/presence", {"section": "chat", "online": True}, who)
        assert answer.status_code == status, who

    (anna,) = await intake.get("/agents", after=int(answer.headers["reglament-position"]))
    assert (anna["chat"], anna["requests"]) == (True, False)


async def test_registering_again_replaces_and_unknown_groups_are_named(intake: Intake) -> None:
    await intake.agent("anna")
    answer = await intake.call("PUT", "/agents/anna", {"name": "Анна", "groups": ["support", "duty"], "language": "en"})
    refused = await intake.call("PUT", "/agents/anna", {"name": "Анна", "groups": ["support", "chess"]})

    (anna,) = await intake.get("/agents", after=int(answer.headers["reglament-position"]))
    assert (anna["name"], anna["groups"], anna["language"], anna["requests"]) == (
        "Анна",
        ["support", "duty"],
        "en",
        True,
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/groups/1")


def shift(agent: str, hours: float, length: float = 8) -> dict[str, str]:
    starts = NOW + timedelta(hours=hours)
    return {"agent": agent, "starts": starts.isoformat(), "ends": (starts + timedelta(hours=length)).isoformat()}


async def test_a_roster_is_replaced_and_read_in_order(intake: Intake) -> None:
    empty = await intake.call("PUT", "/roster", [])
    await intake.call("PUT", "/roster", [shift("anna", 1), shift("boris", 9)])
    answer = await intake.call("PUT", "/roster", [shift("vera", 20), shift("anna", 1), shift("anna", -20)])

    shifts = await intake.get("/roster", after=int(answer.headers["reglament-position"]))
    assert (empty.json()["shifts"], answer.json()["shifts"]) == (0, 2)
    assert [(each["agent"], each["roster"]) for each in shifts] == [("anna", "main"), ("vera", "main")]


async def test_a_shift_that_makes_no_sense_is_malformed(intake: Intake) -> None:
    without_zone = {"agent": "anna", "starts": "2026-01-01T09:00:00", "ends": "2026-01-01T18:00:00"}

    for wrong in (shift("anna", 1, -1), shift("anna", 1, 49), shift("an na", 1), without_zone):
        assert (await intake.call("PUT", "/roster", [wrong])).status_code == 422


async def test_views_made_anew_are_the_same(intake: Intake, database: Database) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    reads = ("/agents", "/queues", f"/load?until={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", "/fairness")
    before = [await intake.get(path) for path in reads]

    pool = await connect(database.url_for("routing"))
    await pool.execute("update view_state set code = 'older'")
    await prepare_views(PostgresLog(pool, intake.log.vault, intake.log.publish), RoutingReactor(), Books("routing"))
    await pool.close()

    assert [await intake.get(path) for path in reads] == before


async def test_an_agent_picks_up_what_waits_no_more_than_he_may_have(intake: Intake) -> None:
    """R0-22, A-17."""
    for n in range(3):
        await intake.open(f"t{n}")
    await intake.agent("anna", online=False)
    card = {"name": "Anna", "groups": ["support"], "capacity": {"requests": 2}}
    known = await intake.call("PUT", "/agents/anna", card)
    await intake.get("/queues", after=int(known.headers["reglament-position"]))

    picked = await intake.call("POST", "/pick-up", {}, "anna")
    await intake.get("/queues", after=int(picked.headers["reglament-position"]))
    again = await intake.call("POST", "/pick-up", {}, "anna")
    foreign = await intake.call("POST", "/pick-up", {"agent": "boris"}, "anna")

    assert (picked.json(), foreign.status_code) == ({"agent": "anna", "tickets": ["t0", "t1"]}, 403)
    assert again.json()["tickets"] == []
    told = (await intake.log.read("agent-anna"))[-1].data
    assert (told.tickets, told.occasion) == (("t0", "t1"), "asked")
    online = await intake.call("POST", "/agents/anna/presence", {"section": "chat", "online": True}, "anna")
    assert online.status_code == 200


async def test_two_presses_at_once_pick_up_every_ticket_once(intake: Intake) -> None:
    for n in range(3):
        await intake.open(f"t{n}")
    known = await intake.call("PUT", "/agents/anna", {"name": "Anna", "groups": ["support"]})
    await intake.get("/queues", after=int(known.headers["reglament-position"]))

    answers = await asyncio.gather(*(intake.call("POST", "/pick-up", {}, "anna") for _ in range(4)))

    assert sorted(ticket for each in answers for ticket in each.json()["tickets"]) == ["t0", "t1", "t2"]
    said = [each.data for each in await intake.log.read("agent-anna") if isinstance(each.data, BacklogPickedUp)]
    assert sorted(ticket for each in said for ticket in each.tickets) == ["t0", "t1", "t2"]


async def test_others_tickets_are_the_heads_to_move(intake: Intake) -> None:
    """R0-23."""
    await intake.agent("anna")
    await intake.agent("boris", "duty")
    await intake.open("t1")
    to = {"agent": "boris", "reason": "knows it"}

    refused = await intake.call("POST", "/tickets/t1/transfer", to, "boris")
    moved = await intake.call("POST", "/tickets/t1/transfer", to, "lead")

    assert (refused.status_code, refused.json()["reason"], moved.status_code) == (409, "not-in-group", 200)


async def test_what_is_beyond_competence_goes_to_whoever_is_responsible(intake: Intake) -> None:
    """R0-23."""
    await intake.agent("anna")
    await intake.agent("boris")
    await intake.open("t1")

    known = await intake.call("GET", "/tickets/t1/responsible", who="anna")
    body = {"agent": "boris", "beyond_competence": True}
    refused = await intake.call("POST", "/tickets/t1/transfer", body, "anna")

    assert (known.json(), refused.json()["reason"]) == ([], "not-responsible")


async def test_time_there_without_work_is_the_share_of_under_load(intake: Intake) -> None:
    """R4-11."""
    await intake.agent("anna")
    await intake.agent("boris", "duty")
    await intake.open("t1")
    since = (NOW - timedelta(days=1)).isoformat().replace("+00:00", "Z")

    load = {each["agent"]: each for each in await intake.get(f"/load?since={since}")}
    groups = {each["place"]: each for each in await intake.get(f"/load?by=group&since={since}")}

    assert (load["anna"]["given"], load["boris"]["under_load"]) == (1, 1.0)
    assert 0 < load["anna"]["idle"] < load["anna"]["there"]
    assert (groups["support"]["open"], groups["duty"]["agents"], groups["duty"]["under_load"]) == (1, 1, 1.0)
    assert (await intake.call("GET", "/load?since=2090-01-01T00:00:00Z")).status_code == 422
