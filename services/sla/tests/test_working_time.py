"""`POST /working-time` through the service's own door: shapes, the golden vectors of §1.7, every refusal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from contracts import Event, Meta, Recorded
from contracts.intake import RegulationPublished
from msgspec.structs import replace
from regulation.document import Regulation
from regulation.load import load
from servicekit import keys
from servicekit.app import create_app
from servicekit.keys import Role, issue
from servicekit.problems import Malformed
from servicekit.settings import Settings
from sla.http import router, state_of
from sla.reactor import SlaReactor
from sla.state import State
from sla.working_time import WorkingTime, working_time

Answer = Any  # JSON
CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
FULL = [["09:00", "13:00"], ["14:00", "18:00"]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALWAYS = {day: [["00:00", "24:00"]] for day in (*WEEKDAYS, "sat", "sun")}
WEEK: dict[str, object] = {"timezone": "Europe/Moscow", "hours": dict.fromkeys(WEEKDAYS, FULL)}
ODD_WEEK = WEEK | {
    "holidays": ["2026-02-16"],
    "days": {"2026-02-13": [["09:00", "13:00"], ["14:00", "17:00"]], "2026-02-14": FULL},
}
FEBRUARY = {"Thu": 12, "Fri": 13, "Sat": 14, "Sun": 15}
THEN = {"Thu": 19, "Fri": 13, "Sat": 14, "Mon": 16, "Tue": 17, "Wed": 18}
PLAIN_COLUMNS = ("PT15M", "PT1H", "4 часа", "1 день", "D 1 день", "P2D", "24 часа")
PLAIN = """
Thu 16:00 | Thu 16:15 | Thu 17:00 | Fri 11:00 | Fri 16:00 | Fri 16:00 | Mon 16:00 | Tue 16:00
Thu 17:50 | Fri 09:05 | Fri 09:50 | Fri 12:50 | Fri 17:50 | Fri 17:50 | Mon 17:50 | Tue 17:50
Fri 17:30 | Fri 17:45 | Mon 09:30 | Mon 12:30 | Mon 17:30 | Mon 17:30 | Tue 17:30 | Wed 17:30
Sat 12:00 | Mon 09:15 | Mon 10:00 | Mon 13:00 | Mon 18:00 | Tue 09:00 | Tue 18:00 | Wed 18:00
"""
ODD_COLUMNS = ("PT1H", "PT4H", "P1D", "D 1 день", "2 дня", "D 2 дня")
ODD = """
Thu 16:00 | Thu 17:00 | Fri 11:00 | Fri 16:00 | Fri 16:00 | Sat 17:00 | Sat 16:00
Thu 17:50 | Fri 09:50 | Fri 12:50 | Sat 09:50 | Fri 17:00 | Tue 09:50 | Sat 17:50
Fri 17:30 | Sat 10:00 | Sat 13:00 | Sat 18:00 | Tue 09:00 | Tue 18:00 | Wed 09:00
Sun 12:00 | Tue 10:00 | Tue 13:00 | Tue 18:00 | Wed 09:00 | Wed 18:00 | Thu 09:00
"""


def published(regulation: Regulation) -> Recorded[Event]:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    said = RegulationPublished(at=at, effective_from=at, **regulation.published())
    return Recorded(
        position=1, id=str(UUID(int=1)), stream="regulation-csn", version=1, recorded_at=at, data=said, meta=Meta()
    )


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The service without its log: this door reads nothing but the published regulations."""
    key, entry = issue("a lead", Role.lead)
    keys.write(tmp_path / "keys.json", [entry])
    settings = Settings(keys=tmp_path / "keys.json", _env_file=None)  # type: ignore[call-arg]  # pydantic's own
    app = create_app("sla", description="", settings=settings, routers=[router])
    state = State()
    SlaReactor().evolve(state, published(CSN))
    app.dependency_overrides[state_of] = lambda: state
    asking = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sla.example", headers=asking
    ) as client:
        yield client


async def asked(door: httpx.AsyncClient, **body: object) -> Answer:
    answer = await door.post("/working-time", json={"calendar": WEEK, "from": "2026-02-12T16:00:00+03:00", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(door: httpx.AsyncClient, **body: object) -> str:
    answer = await door.post("/working-time", json={"calendar": WEEK, "from": "2026-02-12T16:00:00+03:00", **body})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.text


def moscow(day: int, hour: str) -> datetime:
    return datetime.fromisoformat(f"2026-02-{day}T{hour}:00+03:00")


def cells(table: str, columns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [(row[0], *pair) for row in rows for pair in zip(columns, row[1:], strict=True)]


def request(start: str, column: str) -> dict[str, object]:
    mode = "d_plus_n" if column.startswith("D ") else "hours"
    since = moscow(FEBRUARY[start[:3]], start[4:]).isoformat()
    return {"from": since, "work": column.removeprefix("D "), "business_day": "8h", "day_mode": mode}


def expected(start: str, end: str) -> datetime:
    day = FEBRUARY["Thu"] if start[:3] == end[:3] == "Thu" else THEN[end[:3]]
    return moscow(day, end[4:])


VECTORS = [(WEEK, *cell) for cell in cells(PLAIN, PLAIN_COLUMNS)]
ODD_VECTORS = [(ODD_WEEK, *cell) for cell in cells(ODD, ODD_COLUMNS)]


@pytest.mark.parametrize(("calendar", "start", "column", "end"), VECTORS + ODD_VECTORS)
async def test_a_1_every_golden_vector_comes_through_the_door(
    door: httpx.AsyncClient, calendar: dict[str, object], start: str, column: str, end: str
) -> None:
    answer = await asked(door, calendar=calendar, **request(start, column))

    assert datetime.fromisoformat(answer["due"]) == expected(start, end)


async def test_work_gives_a_deadline_and_the_slices_it_consumes(door: httpx.AsyncClient) -> None:
    assert await asked(door, work="PT4H") == {
        "due": "2026-02-13T08:00:00Z",
        "slices": [
            ["2026-02-12T13:00:00Z", "2026-02-12T15:00:00Z"],
            ["2026-02-13T06:00:00Z", "2026-02-13T08:00:00Z"],
        ],
    }


async def test_a_span_gives_seconds_and_slices(door: httpx.AsyncClient) -> None:
    assert await asked(door, to="2026-02-13T11:00:30+03:00") == {
        "worked_seconds": 14_430,
        "slices": [
            ["2026-02-12T13:00:00Z", "2026-02-12T15:00:00Z"],
            ["2026-02-13T06:00:00Z", "2026-02-13T08:00:30Z"],
        ],
    }


async def test_a_calendar_is_named_as_the_published_regulation_names_it(door: httpx.AsyncClient) -> None:
    """8 May 2026 is an hour shorter, 11 May is a day off moved: what is left of an hour is due on the 12th."""
    body = {"calendar": "office", "regulation": "csn", "from": "2026-05-08T16:30:00+03:00", "work": "PT1H"}

    assert (await asked(door, **body))["due"] == "2026-05-12T06:30:00Z"


def test_a_name_that_several_regulations_use_means_the_default_ones() -> None:
    """Also beside one whose calendar of this name is another: the demo's office has days off of its own."""
    demo = load(Path(__file__).parents[3] / "regulations" / "demo.yaml")
    question = WorkingTime.model_validate({"calendar": "office", "from": "2026-05-08T16:30:00+03:00", "work": "PT1H"})

    assert demo.calendars["office"] != CSN.calendars["office"]
    assert working_time(question, [demo, CSN]) == working_time(question, [CSN])
    with pytest.raises(Malformed):
        working_time(question, [demo, replace(demo, name="other", calendars={"office": CSN.calendars["office"]})])


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        ("PT90M", 5400),
        ("PT1H30M", 5400),
        ("PT1.5H", 5400),
        ("PT1,5H", 5400),
        ("PT61.9S", 61),
        ("PT0.9S", 0),
        ("90 мин", 5400),
        ("2 ч", 7200),
        ("30m", 1800),
    ],
)
async def test_work_is_hours_minutes_and_seconds_or_as_a_regulation_writes_it(
    door: httpx.AsyncClient, work: str, seconds: int
) -> None:
    always = {"timezone": "UTC", "hours": ALWAYS}
    due = (await asked(door, calendar=always, work=work))["due"]

    assert datetime.fromisoformat(due) - moscow(12, "16:00") == timedelta(seconds=seconds)


async def test_the_length_of_a_day_is_that_of_the_regulation(door: httpx.AsyncClient) -> None:
    assert (await asked(door, work="P1DT1H", business_day="7h"))["due"] == "2026-02-13T13:00:00Z"
    assert (await asked(door, work="1 день", business_day="4h"))["due"] == "2026-02-13T08:00:00Z"


async def test_no_work_outside_hours_is_due_at_the_next_opening(door: httpx.AsyncClient) -> None:
    answer = await asked(door, work="PT0S", **{"from": "2026-02-14T12:00:00+03:00"})

    assert answer == {"due": "2026-02-16T06:00:00Z", "slices": []}


async def test_fractions_of_a_second_are_cut_off(door: httpx.AsyncClient) -> None:
    since = {"from": "2026-02-12T16:00:00.999+03:00"}

    assert (await asked(door, work="PT1H", **since))["due"] == "2026-02-12T14:00:00Z"
    assert (await asked(door, to="2026-02-12T16:00:02.001+03:00", **since))["worked_seconds"] == 2


async def test_nothing_is_worked_during_pauses(door: httpx.AsyncClient) -> None:
    pauses = [["2026-02-12T16:30:00+03:00", "2026-02-13T09:30:00+03:00"]]

    assert (await asked(door, work="PT1H", pauses=pauses))["due"] == "2026-02-13T07:00:00Z"
    assert (await asked(door, to="2026-02-13T10:00:00+03:00", pauses=pauses))["worked_seconds"] == 3600


async def test_a_pause_puts_off_a_day_at_the_same_time_by_its_working_time(door: httpx.AsyncClient) -> None:
    pause = [["2026-02-16T10:00:00+03:00", "2026-02-16T11:00:00+03:00"]]
    later = [["2026-02-18T10:00:00+03:00", "2026-02-18T11:00:00+03:00"]]
    saturday = {"from": "2026-02-14T12:00:00+03:00", "work": "1 день", "day_mode": "d_plus_n"}

    assert (await asked(door, **saturday, pauses=pause))["due"] == "2026-02-17T07:00:00Z"
    assert (await asked(door, **saturday, pauses=later))["due"] == "2026-02-17T06:00:00Z"


async def test_twenty_years_are_answered(door: httpx.AsyncClient) -> None:
    answer = await asked(door, to="2045-02-12T16:00:00+03:00")

    assert (
        sum((datetime.fromisoformat(b) - datetime.fromisoformat(a)).total_seconds() for a, b in answer["slices"])
        == answer["worked_seconds"]
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"to": "2026-02-12T15:59:59+03:00"}, "later than"),
        ({"calendar": {"timezone": "UTC", "hours": {}}, "work": "PT1H"}, "ten years"),
        ({"calendar": {"timezone": "UTC", "hours": {}}, "work": "PT0S"}, "ten years"),
        ({"calendar": {"timezone": "Mars/Olympus", "hours": {}}, "work": "PT1H"}, "Europe/Moscow"),
        ({"calendar": {"timezone": "", "hours": {}}, "work": "PT1H"}, "Europe/Moscow"),
        ({"calendar": {"hours": {}}, "work": "PT1H"}, "timezone"),
        ({"calendar": WEEK | {"hours": {"mon": [["9:00", "18:00"]]}}, "work": "PT1H"}, "hours"),
        ({"calendar": WEEK | {"hours": {"mon": [["09:00", "24:01"]]}}, "work": "PT1H"}, "hours"),
        ({"calendar": WEEK | {"hours": {"mon": [["09:00", "09:00"]]}}, "work": "PT1H"}, "never opens"),
        ({"calendar": WEEK | {"hours": {"monday": FULL}}, "work": "PT1H"}, "monday"),
        ({"calendar": WEEK | {"hours": {"mon": [["09:00", "09:01"]] * 13}}, "work": "PT1H"}, "12"),
        ({"calendar": WEEK | {"holidays": ["29.02.2026"]}, "work": "PT1H"}, "holidays"),
        ({"calendar": WEEK | {"holidays": ["2026-02-29"]}, "work": "PT1H"}, "holidays"),
        ({"calendar": WEEK | {"workdays": []}, "work": "PT1H"}, "workdays"),
        ({"calendar": "no-such", "work": "PT1H"}, "office"),
        ({"calendar": 7, "work": "PT1H"}, "calendar"),
        ({"from": "2026-02-12T16:00:00", "work": "PT1H"}, "timezone"),
        ({"to": "2026-02-13T16:00:00"}, "timezone"),
        ({"from": "yesterday", "work": "PT1H"}, "from"),
        ({"from": "9999-12-31T23:59:59-14:00", "work": "PT1H"}, "between 2000 and 2100"),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "0001-01-02T00:00:00Z"}, "between 2000 and 2100"),
        ({"to": "2326-02-12T16:00:00Z"}, "between 2000 and 2100"),
        ({"to": "2086-02-12T16:00:00Z"}, "shorter span"),
        ({"work": "PT999999999H"}, "less work"),
        ({"work": "PT900000H"}, "hundred years"),
        ({"work": "-PT1H"}, "negative"),
        ({"work": "P1D"}, "business_day"),
        ({"work": "P1D", "business_day": "1 день"}, "business_day"),
        ({"work": "1 день", "business_day": "25h"}, "24 hours"),
        ({"work": "P1M"}, "PT90M"),
        ({"work": "PT"}, "PT90M"),
        ({"work": "P"}, "PT90M"),
        ({"work": ""}, "PT90M"),
        ({"work": "an hour"}, "PT90M"),
        ({"work": 90}, "work"),
        ({"work": "1 день", "day_mode": "calendar"}, "day_mode"),
        ({"work": "PT1H", "pauses": [["2026-02-13T10:00:00Z", "2026-02-13T09:00:00Z"]]}, "a pause"),
        ({"work": "PT1H", "pauses": [["2026-02-13T10:00:00Z"]]}, "pauses"),
        ({"work": "PT1H", "to": "2026-02-13T16:00:00Z"}, "either"),
        ({}, "either"),
        ({"work": "PT1H", "until": "2026-02-13T16:00:00Z"}, "until"),
    ],
)
async def test_what_has_no_answer_is_a_problem_that_says_why(
    door: httpx.AsyncClient, body: dict[str, object], says: str
) -> None:
    assert says in await refused(door, **body)


async def test_an_always_open_century_is_one_slice(door: httpx.AsyncClient) -> None:
    always = {"timezone": "Europe/Oslo", "hours": ALWAYS}
    since, until = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 1, tzinfo=UTC)

    answer = await asked(door, calendar=always, **{"from": since.isoformat(), "to": until.isoformat()})

    assert answer["worked_seconds"] == (until - since).total_seconds()
    assert len(answer["slices"]) == 1
