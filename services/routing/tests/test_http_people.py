"""Who is there, behind routing's doors, on a real PostgreSQL and NATS."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from contracts.streams import agent_stream
from eventlog.bookkeeping import Books
from eventlog.postgres import PostgresLog, connect
from eventlog.rebuilding import prepare_views
from routing.reactor import RoutingReactor
from testkit.servers import Database

Intake = Any  # the class lives in conftest.py

NOW = datetime.now(UTC)
TOMORROW = (NOW + timedelta(days=1)).date()


def after(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def reached(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.headers["reglament-position"])


async def plan(intake: Intake, kind: str, text: str, query: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {intake.keys['lead']}", "Content-Type": kind}
    answer: httpx.Response = await intake.http.put(f"/roster{query}", content=text.encode(), headers=headers)
    return answer


async def test_an_agents_card_is_in_the_words_of_the_regulation(intake: Intake) -> None:
    """R0-19, R3-22."""
    card = {"name": "Анна", "groups": ["support"], "skills": ["Русский", "en", "ru"], "capacity": {"chat": 3}}
    answer = await intake.call("PUT", "/agents/anna", card)
    refused = await intake.call("PUT", "/agents/anna", card | {"skills": ["chess"], "line": "", "direction": ""})

    (anna,) = await intake.get("/agents", after=reached(answer))
    assert (anna["skills"], anna["capacity"], anna["line"]) == (["ru", "en"], {"chat": 3}, "")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/skills/0"]
    for wrong in ({"capacity": {"chat": 0}}, {"capacity": {"mail": 1}}, {"line": "first"}, {"direction": "north"}):
        assert (await intake.call("PUT", "/agents/anna", card | wrong)).status_code == 422


async def test_the_same_roster_as_table_and_calendar_is_one_revision(intake: Intake) -> None:
    """R0-20."""
    position = reached(await intake.call("PUT", "/agents/anna", {"name": "Анна Семёнова", "groups": ["support"]}))
    await intake.get("/agents", after=position)
    table = await plan(intake, "text/csv; charset=utf-8", f"агент;дата;с;до\nАнна Семенова;{TOMORROW};21:00;09:00\n")
    day = f"{TOMORROW:%Y%m%d}"
    event = f"DTSTART;TZID=Europe/Moscow:{day}T210000\r\nDURATION:PT12H\r\nSUMMARY:Анна Семёнова\r\n"
    text = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    calendar = await plan(intake, "text/calendar", text)

    (shift,) = await intake.get("/roster", after=reached(table))
    assert (shift["agent"], shift["starts"]) == ("anna", f"{TOMORROW}T18:00:00Z")
    assert (len(table.json()["planned"]), calendar.json()["planned"], calendar.json()["revision"]) == (1, [], 1)
    (revision,) = await intake.get("/roster/revisions", after=reached(table))
    assert (revision["source"], revision["by"], revision["planned"], revision["withdrawn"]) == ("csv", "lead", 1, 0)


async def test_a_preview_changes_nothing_and_names_who_is_unknown(intake: Intake) -> None:
    planned = await plan(intake, "text/csv", f"agent,start,end\nanna,{TOMORROW} 09:00,18:00\n")
    text = f"agent,start,end\nboris,{TOMORROW} 09:00,18:00\n"
    preview = await plan(intake, "text/csv", text, "?dry_run=true&timezone=Asia/Yekaterinburg")

    told = preview.json()
    assert (told["dry_run"], told["revision"], told["unknown"]) == (True, 2, ["boris"])
    assert [each["starts"] for each in told["planned"]] == [f"{TOMORROW}T04:00:00Z"]
    assert [each["agent"] for each in told["withdrawn"]] == ["anna"]
    (shift,) = await intake.get("/roster", after=reached(planned))
    assert shift["agent"] == "anna"


async def test_a_roster_that_cannot_be_read_names_its_rows_and_is_not_taken(intake: Intake) -> None:
    wrong = await plan(intake, "text/csv", f"agent,start,end\nanna,{TOMORROW} 09:00,18:00\nboris,soon,18:00\n")
    elsewhere = await plan(intake, "text/csv", "agent,start,end\n", "?timezone=Mars/Base")
    broken = await plan(intake, "application/json", "[{]")
    strange = await plan(intake, "text/plain", "x")

    assert [each["detail"].partition(":")[0] for each in wrong.json()["errors"]] == ["row 3"]
    assert [each.status_code for each in (wrong, elsewhere, broken, strange)] == [422, 422, 422, 415]
    assert await intake.get("/roster") == []


async def test_lunch_is_ones_own_word_and_the_rest_a_leads(intake: Intake) -> None:
    """R3-23: the reasons of an absence."""
    await intake.agent("anna")
    tries = [("anna", "lunch", 200), ("anna", "vacation", 403), ("boris", "lunch", 403), ("lead", "vacation", 200)]
    for who, reason, status in tries:
        answer = await intake.call("POST", "/absences", {"agent": "anna", "reason": reason}, who)
        assert answer.status_code == status, (who, reason)

    (anna,) = await intake.get("/agents", after=reached(answer))
    shown = await intake.get("/absences?agent=anna")
    assert anna["absent"] == "lunch"
    assert [(each["absence"], each["by"]) for each in shown] == [("anna~1", "agent:anna"), ("anna~2", "lead:lead")]


async def test_an_absence_is_ended_by_the_one_who_is_back(intake: Intake) -> None:
    await intake.agent("anna")
    lunch = {"agent": "anna", "reason": "lunch", "ends": after(1)}
    named = (await intake.call("POST", "/absences", lunch, "anna")).json()["absence"]

    assert (await intake.call("POST", f"/absences/{named}/end", who="boris")).status_code == 403
    ended = await intake.call("POST", f"/absences/{named}/end", who="anna")
    again = await intake.call("DELETE", f"/absences/{named}")

    assert (again.status_code, await intake.get("/absences", after=reached(ended))) == (200, [])
    assert (await intake.call("DELETE", "/absences/anna~7")).status_code == 404
    assert (await intake.call("DELETE", "/absences/nobody~1")).status_code == 404


async def test_an_absence_that_makes_no_sense_is_malformed(intake: Intake) -> None:
    await intake.agent("anna")
    wrong = [
        {"ends": after(-1)},
        {"starts": after(3), "ends": after(2)},
        {"substitute": "anna"},
        {"substitute": "gone"},
    ]
    for each in [*wrong, {"reason": "football"}, {"starts": "0001-01-01T00:00:00+14:00"}]:
        answer = await intake.call("POST", "/absences", {"agent": "anna", "reason": "illness"} | each)
        assert answer.status_code == 422, each

    assert (await intake.call("POST", "/absences", {"agent": "gone", "reason": "illness"})).status_code == 404


async def test_what_an_ill_agent_has_is_dealt_again_with_the_reason(intake: Intake) -> None:
    await intake.agent("anna")
    await intake.open("t1")
    refused = await intake.call("POST", "/agents/anna/hand-back", {})
    await intake.agent("boris")
    await intake.get(
        "/agents", after=reached(await intake.call("POST", "/absences", {"agent": "anna", "reason": "illness"}))
    )

    back = await intake.call("POST", "/agents/anna/hand-back", {})
    await intake.given("t1", 3)

    shown = (await intake.call("GET", "/tickets/t1/assignment")).json()
    assert (refused.status_code, refused.json()["reason"], back.json()["tickets"]) == (409, "not-absent", ["t1"])
    assert (shown["agent"], shown["history"][1]["reason"]) == ("boris", "absent:illness")
    assert [each.get("excluded") for each in shown["because"]["candidates"]] == ["absent:illness", None]


async def test_who_was_online_when_can_be_told_later(intake: Intake) -> None:
    """D5, R0-18."""
    await intake.agent("anna")
    between = datetime.now(UTC).isoformat()
    off = await intake.call("POST", "/agents/anna/presence", {"section": "requests", "online": False}, "anna")
    on = await intake.call("POST", "/agents/anna/presence", {"section": "chat", "online": True}, "anna")

    periods = await intake.get("/agents/anna/presence", after=reached(on))
    assert [(each["section"], each["until"] is None) for each in periods] == [("requests", False), ("chat", True)]
    then, now = [await intake.http.get("/presence", params=p, headers=head(intake)) for p in ({"at": between}, {})]
    assert [[each["section"] for each in answer.json()] for answer in (then, now)] == [["requests"], ["chat"]]
    assert reached(off) < reached(on)


def head(intake: Intake) -> dict[str, str]:
    return {"Authorization": f"Bearer {intake.keys['lead']}"}


async def test_a_loan_is_seen_and_ends(intake: Intake) -> None:
    """R4-10: logged and bounded in time."""
    await intake.agent("anna")
    loan = {"groups": ["Duty group"], "until": after(2), "reason": "Много звонков"}
    lent = await intake.call("POST", "/agents/anna/loans", loan)
    (anna,) = await intake.get("/agents", after=reached(lent))
    (shown,) = await intake.get("/loans")
    assert {each["place"]: each["agents"] for each in await intake.get("/load?by=group")} == {"support": 1, "duty": 1}
    assert ([each["groups"] for each in anna["loans"]], shown["by"], shown["loan"]) == ([["duty"]], "lead", "anna~1")

    ended = await intake.call("POST", "/loans/anna~1/end")

    assert await intake.get("/loans", after=reached(ended)) == []
    assert [type(each.data).__name__ for each in await intake.log.read(agent_stream("anna"))][-2:] == [
        "AgentLent",
        "LoanEnded",
    ]


async def test_a_loan_that_makes_no_sense_is_refused(intake: Intake) -> None:
    await intake.agent("anna")
    loan = {"groups": ["duty"], "until": after(2), "reason": "help"}

    tries = [
        ({"until": after(-1)}, 422),
        ({"until": after(9000)}, 422),
        ({"groups": []}, 422),
        ({"groups": ["support"]}, 409),
    ]
    for change, status in [*tries, ({"direction": "north", "groups": []}, 422)]:
        assert (await intake.call("POST", "/agents/anna/loans", loan | change)).status_code == status, change
    assert (await intake.call("POST", "/agents/anna/loans", loan, "anna")).status_code == 403
    assert (await intake.call("POST", "/agents/gone/loans", loan)).status_code == 404
    assert (await intake.call("POST", "/loans/anna~1/end")).status_code == 404


async def test_views_of_people_made_anew_are_the_same(intake: Intake, database: Database) -> None:
    """D6."""
    await intake.agent("anna")
    await plan(intake, "text/csv", f"agent,start,end\nanna,{TOMORROW} 09:00,18:00\n")
    await intake.call("POST", "/absences", {"agent": "anna", "reason": "lunch"}, "anna")
    lent = await intake.call("POST", "/agents/anna/loans", {"groups": ["duty"], "until": after(2), "reason": "help"})
    await intake.get("/agents", after=reached(lent))
    reads = ("/agents", "/roster", "/roster/revisions", "/absences", "/loans", "/presence", "/agents/anna/presence")
    before = [await intake.get(path) for path in reads]

    pool = await connect(database.url_for("routing"))
    await pool.execute("update view_state set code = 'older'")
    await prepare_views(PostgresLog(pool, intake.log.vault, intake.log.publish), RoutingReactor(), Books("routing"))
    await pool.close()

    assert all(before)
    assert [await intake.get(path) for path in reads] == before
