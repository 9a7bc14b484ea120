"""`POST /preview` and `POST /working-time` without a server: the same code, the edge cases of §1.8."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pydantic import ValidationError
from servicekit.problems import Malformed
from sla.answers import ClockAnswer
from sla.preview import Preview, preview
from sla.working_time import WorkingTime, working_time

Desk = Any
Answer = Any
OFFICE = {
    "timezone": "Europe/Moscow",
    "hours": {day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}
MSK = ZoneInfo("Europe/Moscow")


def at(local: str) -> str:
    return f"2026-03-{local}+03:00"


def step(local: str, event: str, **more: object) -> dict[str, object]:
    return {"at": at(local), "event": event, **more}


@pytest.fixture(scope="session")
def ask(desk_of: Callable[[], Desk]) -> Callable[..., dict[str, ClockAnswer]]:
    csn = desk_of().decider.state.rules["csn@1"].regulation

    def asking(*timeline: dict[str, object], until: str = "", **ticket: str) -> dict[str, ClockAnswer]:
        body = {"regulation": "csn", "ticket": ticket, "timeline": timeline, "as_of": at(until) if until else None}
        return {each.clock: each for each in preview(Preview.model_validate(body), {"csn": csn}).clocks}

    return asking


Ask = Callable[..., dict[str, ClockAnswer]]


def test_a_preview_is_what_the_reactor_decides_for_the_same_events(desk: Desk, ask: Ask) -> None:
    desk.opened("2026-03-16 10:00")
    desk.asked("2026-03-16 10:15")
    desk.answered("2026-03-16 15:00")
    desk.escalated("2026-03-16 15:10", "level2")
    desk.wait(desk.now + timedelta(days=1))
    steps = [step("16T10:00", "opened"), step("16T10:15", "waiting"), step("16T15:00", "requester_replied")]
    seen = ask(*steps, step("16T15:10", "escalated"), until="17T15:10")
    real = {each.name: each for each in desk.decider.state.tickets["t"].clocks}
    assert {name: (int(c.due_at.timestamp()), c.target_seconds, c.state) for name, c in seen.items()} == {
        "level1": (real["level1"].due, real["level1"].target, "met"),
        "level2": (real["level2"].due, real["level2"].target, "breached"),
    }
    assert (seen["level1"].worked_seconds, seen["level1"].paused_seconds) == (25 * 60, int(3.75 * 3600))


def test_terms_are_taken_by_title_and_the_target_is_given_as_written(ask: Ask) -> None:
    clock = ask(step("20T17:30", "opened"), category="Запрос бухгалтерских документов", priority="Обычный")["level1"]
    assert (clock.plan, clock.target, clock.target_seconds) == ("paperwork", "4 часа", 14400)
    assert clock.due_at == datetime(2026, 3, 23, 12, 30, tzinfo=MSK)
    assert sum(((b - a) for a, b in clock.because.slices), timedelta()) == timedelta(hours=4)


def test_a_paused_clock_is_not_due(ask: Ask) -> None:
    clock = ask(step("16T10:00", "opened"), step("16T10:15", "waiting"), until="16T16:00")["level1"]
    assert (clock.state, clock.due_at, clock.worked_seconds, clock.paused_seconds) == ("paused", None, 900, 17100)


def test_a_running_clock_tells_what_is_spent_as_of_then(ask: Ask) -> None:
    clock = ask(step("16T12:30", "opened"), until="16T14:10")["level1"]
    assert (clock.state, clock.worked_seconds) == ("running", 40 * 60)


def test_r1_13_an_overrun_vendor_breaches_nothing(ask: Ask) -> None:
    steps = [step("02T09:00", "opened")]
    steps += [step(f"02T09:0{n}", "escalated", stage=f"level{n}") for n in (2, 3, 4)]
    seen = ask(*steps, category="defect", priority="critical", until="30T09:00")
    assert (seen["level4"].state, seen["level4"].overran, seen["level3"].state) == ("running", True, "met")


def test_a_4_returned_goes_back_and_the_closing_waits_for_silence(ask: Ask) -> None:
    steps = [step(f"16T10:0{n}", "escalated") for n in (1, 2, 3)]
    seen = ask(step("16T10:00", "opened"), *steps, step("17T10:00", "returned"), step("17T12:00", "resolved"))
    assert seen["level3"].worked_seconds == 2 * 3600 + 60
    assert (seen["auto-close"].state, seen["auto-close"].target_seconds) == ("running", 16 * 3600)


def test_events_beyond_as_of_have_not_happened(ask: Ask) -> None:
    assert list(ask(step("16T10:00", "opened"), step("16T11:00", "resolved"), until="16T10:30")) == ["level1"]
    assert ask(step("16T10:00", "opened"), until="16T09:00") == {}


@pytest.mark.parametrize(
    "steps",
    [
        [step("16T10:00", "waiting")],
        [step("16T10:00", "opened"), step("16T10:01", "opened")],
        [step("16T10:00", "opened"), step("16T10:01", "classified", category="nonsense")],
        [step("16T10:00", "opened"), step("16T10:01", "prioritized")],
        [step("16T10:00", "opened"), step("16T10:01", "escalated", stage=9)],
        [step("16T10:00", "opened"), step("16T10:01", "returned")],
    ],
)
def test_an_impossible_timeline_is_a_problem_that_points_at_the_step(ask: Ask, steps: list[dict[str, object]]) -> None:
    with pytest.raises(Malformed) as refused:
        ask(*steps)
    assert "/timeline" in str(refused.value.members["errors"])


def test_an_inline_regulation_is_read_and_a_broken_one_is_explained(desk: Desk) -> None:
    document = msgspec.json.decode(desk.decider.state.rules["csn@1"].regulation.to_json())
    document["plans"][4]["targets"]["level1"] = "2 часа"
    body = {"regulation": document, "timeline": [step("16T10:00", "opened")]}
    [clock] = preview(Preview.model_validate(body), {}).clocks
    assert clock.target == "2 часа"
    del document["stages"]
    with pytest.raises(Malformed):
        preview(Preview.model_validate(body), {})


def test_an_unpublished_regulation_is_a_problem() -> None:
    with pytest.raises(Malformed, match="not published"):
        preview(Preview.model_validate({"timeline": [step("16T10:00", "opened")]}), {})


def answered(**body: object) -> Answer:
    return working_time(WorkingTime.model_validate({"calendar": OFFICE, "from": at("19T16:00"), **body}), [])


def test_working_time_says_when_work_is_done_and_what_it_consumes() -> None:
    answer = answered(work="PT4H")
    assert answer.due == datetime(2026, 3, 20, 8, tzinfo=UTC)
    assert sum(((b - a) for a, b in answer.slices), timedelta()) == timedelta(hours=4)
    assert answered(to=at("20T11:00")).worked_seconds == 4 * 3600


@pytest.mark.parametrize(
    ("start", "work", "due"),
    [
        ("19T17:00", "PT1H", "19T18:00"),
        ("21T12:00", "PT0S", "23T09:00"),
        ("19T16:00:30", "PT90M", "19T17:30:30"),
        ("19T13:00", "PT0S", "19T14:00"),
        ("19T09:00", "PT0S", "19T09:00"),
    ],
)
def test_the_edges_of_working_time_are_those_of_1_8(start: str, work: str, due: str) -> None:
    assert answered(**{"from": at(start), "work": work}).due == datetime.fromisoformat(at(due))


def test_d_summer_time_inside_working_time_counts_real_seconds() -> None:
    calendar = {"timezone": "Europe/Oslo", "hours": {"sun": [["00:00", "06:00"]]}}
    whole = {"from": "2026-03-29T00:00+01:00", "to": "2026-03-29T06:00+02:00"}
    assert answered(calendar=calendar, **whole).worked_seconds == 5 * 3600


@pytest.mark.parametrize(
    "body",
    [
        {"to": at("19T15:00")},
        {},
        {"work": "PT1H", "to": at("20T15:00")},
        {"work": "-PT1H"},
        {"work": "P1D"},
        {"work": "PT"},
        {"work": "an hour"},
        {"work": "PT999999999H"},
        {"calendar": {"timezone": "Europe/Moscow", "hours": {}}, "work": "PT1H"},
        {"calendar": {"timezone": "Nowhere", "hours": {}}, "work": "PT1H"},
        {"calendar": {"hours": 7}, "work": "PT1H"},
        {"calendar": "unknown", "work": "PT1H"},
    ],
)
def test_working_time_without_an_answer_is_a_problem(body: dict[str, object]) -> None:
    with pytest.raises(Malformed) as refused:
        answered(**body)
    assert refused.value.status == 422


@pytest.mark.parametrize("since", ["2026-03-19T16:00", "9999-12-31T23:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_without_offset_or_of_another_time_is_malformed(since: str) -> None:
    with pytest.raises(ValidationError):
        answered(**{"from": since, "work": "PT1H"})


def test_a_named_calendar_is_that_of_a_published_regulation(desk: Desk) -> None:
    asked = WorkingTime.model_validate({"calendar": "office", "from": "2026-03-06T17:30+03:00", "work": "PT1H"})
    answer: Any = working_time(asked, [desk.decider.state.rules["csn@1"].regulation])
    assert answer.due == datetime(2026, 3, 10, 9, 30, tzinfo=MSK)
