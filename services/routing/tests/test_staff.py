"""Who may be given work at a moment, and when somebody will be there."""

from datetime import UTC, datetime, timedelta

import pytest
from contracts.routing import AgentWentOffline, AgentWentOnline
from hypothesis import given
from hypothesis import strategies as st
from regulation.calendar import Calendar, parse_calendar
from regulation.worktime import is_open
from routing.domain.absence import Absence
from routing.domain.loan import Loan
from routing.domain.presence import NEVER, Presence
from routing.domain.staff import Employee, Staff
from routing.domain.waking import wakes

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SELDOM = parse_calendar({"timezone": "UTC", "hours": {day: [["14:00", "16:00"], ["21:00", "22:00"]] for day in DAYS}})
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALWAYS = parse_calendar({"timezone": "UTC", "hours": {day: [["00:00", "24:00"]] for day in DAYS}})


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def away(starts: float, ends: float | None = None, reason: str = "lunch", substitute: str = "") -> Absence:
    until = None if ends is None else after(ends)
    return Absence(absence=reason, reason=reason, starts=after(starts), ends=until, substitute=substitute)  # type: ignore[arg-type]


def person(agent: str = "anna", *absences: Absence, **other: object) -> Employee:
    away: dict[str, object] = {"absences": {each.reason: each for each in absences}}
    online: dict[str, object] = {"presence": {"requests": Presence(since=NOON)}, "groups": ("support",)}
    return Employee(agent=agent, **away | online | other)  # type: ignore[arg-type]


def staff(*people: Employee, rostered: bool = False) -> Staff:
    found = Staff(agents={each.agent: each for each in people}, rostered=rostered)
    for each in people:
        found.regroup(each)
    return found


EXCLUDED = [
    (person(), ""),
    (person(in_distribution=False), "not-in-distribution"),
    (person(shifts=[(after(1), after(9), "main")]), "off-shift"),
    (person(presence={"chat": Presence(since=NOON)}), "offline"),
    (person("anna", away(0, 1)), "absent:lunch"),
    (person("anna", away(-1, 0)), ""),
    (person("anna", away(1)), ""),
    (person("anna", away(0, 1), away(-1, None, "illness")), "absent:illness"),
]


@pytest.mark.parametrize(("who", "word"), EXCLUDED, ids=[word for _, word in EXCLUDED])
def test_who_may_not_be_given_work_is_told_why(who: Employee, word: str) -> None:
    assert staff(who, rostered=bool(who.shifts)).exclusion(who, "requests", NOON) == word


@pytest.mark.parametrize("online", [(), ("chat",), ("requests",), ("chat", "requests")])
def test_each_of_the_four_combinations_of_presence_is_valid(online: tuple[str, ...]) -> None:
    """R0-18: each section looks at its own flag."""
    who = person(presence={section: Presence(since=NOON) for section in online})

    found = {section: staff(who).exclusion(who, section, NOON) for section in ("chat", "requests")}  # type: ignore[arg-type]

    assert found == {section: "" if section in online else "offline" for section in ("chat", "requests")}


def test_who_is_lent_serves_the_other_groups_too_while_it_lasts() -> None:
    loan = Loan(loan="anna~1", groups=("duty", "support"), starts=NOON, ends=after(1))
    anna = person(loans={"anna~1": loan})
    everybody = staff(anna, person("boris", groups=("duty",)))

    assert [anna.groups_at(after(hours)) for hours in (-1, 0, 1)] == [("support",), ("support", "duty"), ("support",)]
    assert [[who.agent for who in everybody.members("duty", after(hours))] for hours in (0, 1)] == [
        ["anna", "boris"],
        ["boris"],
    ]


def test_while_somebody_is_away_what_is_his_goes_to_the_last_substitute_who_is_there() -> None:
    anna, boris = person("anna", away(0, substitute="boris")), person("boris", away(0, substitute="vera"))
    everybody = staff(anna, boris, person("vera"))

    assert [everybody.substitute(each, NOON) for each in (anna, boris, everybody.agents["vera"])] == ["vera"] * 3
    assert everybody.substitute(anna, after(-1)) == "anna"


def test_substitutes_who_are_all_away_are_nobody() -> None:
    anna, boris = person("anna", away(0, substitute="boris")), person("boris", away(0, substitute="anna"))

    assert staff(anna, boris).substitute(anna, NOON) == ""
    assert staff(person("vera", away(0, substitute="gone"))).substitute(person("vera", away(0)), NOON) == ""


def test_waiting_work_wakes_when_lunch_is_over() -> None:
    assert wakes(
        staff(person("anna", away(0, 1), away(0.5, 2, "illness"))), "support", "requests", ALWAYS, NOON
    ) == after(2)
    assert wakes(staff(person("anna", away(0))), "support", "requests", ALWAYS, NOON) is None


def test_waiting_work_wakes_when_a_loan_begins_within_a_shift() -> None:
    loan = Loan(loan="anna~1", groups=("duty",), starts=after(2), ends=after(4))
    anna = person(loans={"anna~1": loan}, shifts=[(after(3), after(9), "main")])

    assert wakes(staff(anna, rostered=True), "duty", "requests", ALWAYS, NOON) == after(3)
    assert wakes(staff(anna, rostered=True), "duty", "requests", ALWAYS, after(4)) is None


SPANS = st.tuples(st.integers(0, 12), st.integers(1, 8)).map(lambda each: (each[0], each[0] + each[1]))


@given(
    shifts=st.lists(SPANS, max_size=3),
    absences=st.lists(SPANS, max_size=3),
    loans=st.lists(SPANS, max_size=2),
    flags=st.tuples(st.booleans(), st.booleans(), st.sampled_from([ALWAYS, SELDOM])),
)
def test_it_wakes_exactly_when_somebody_may_first_be_given_work(
    shifts: list[tuple[int, int]],
    absences: list[tuple[int, int]],
    loans: list[tuple[int, int]],
    flags: tuple[bool, bool, Calendar],
) -> None:
    own, rostered, calendar = flags
    anna = person(
        groups=("duty",) if own else (),
        shifts=sorted((after(starts), after(ends), "main") for starts, ends in shifts),
        absences={str(n): away(*span) for n, span in enumerate(absences)},
        loans={str(n): lent(*span) for n, span in enumerate(loans)},
    )
    team = staff(anna, rostered=rostered)

    free = (after(hour) for hour in range(48) if is_open(calendar, after(hour)) and eligible(team, anna, after(hour)))
    assert wakes(team, "duty", "requests", calendar, NOON) == next(free, None)


def lent(starts: float, ends: float) -> Loan:
    return Loan(loan="", groups=("duty",), starts=after(starts), ends=after(ends))


def eligible(team: Staff, who: Employee, at: datetime) -> bool:
    return who in team.members("duty", at) and not team.exclusion(who, "requests", at)


def test_the_duty_that_somebody_came_for_ends_with_the_last_shift_that_follows() -> None:
    shifts = [
        (after(-9), after(-1), "main"),
        (after(1), after(5), "main"),
        (after(5), after(7), "extra"),
        (after(9), after(17), "main"),
    ]
    anna = person(shifts=shifts)

    anna.plan_leaving()

    assert anna.leaving == {"requests": after(7)}


ONLINE = [AgentWentOnline(at=after(hour), agent="a", section="chat") for hour in (0, 1, 2)]
OFFLINE = [AgentWentOffline(at=after(hour), agent="a", section="chat") for hour in (0, 1, 2)]


@given(st.lists(st.sampled_from([*ONLINE, *OFFLINE]), max_size=6), st.data())
def test_a_shifts_end_comes_to_the_same_wherever_it_crosses_what_people_say(
    said: list[AgentWentOnline | AgentWentOffline], data: st.DataObject
) -> None:
    words = sorted(said, key=lambda each: each.at)
    end = AgentWentOffline(at=after(data.draw(st.integers(0, 2))), agent="a", section="chat", because="shift-end")

    outcomes = set()
    for place in range(len(words) + 1):
        found = NEVER
        for each in [*words[:place], end, *words[place:]]:
            found = found.after(each)
        outcomes.add(found)

    assert len(outcomes) == 1
