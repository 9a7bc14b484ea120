from datetime import UTC, datetime, timedelta

from contracts.reasons import Candidate
from hypothesis import given
from hypothesis import strategies as st
from regulation.calendar import parse_calendar
from routing.domain.choosing import Demand, choose, next_in_turn, stay
from routing.domain.staff import Employee, Staff

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = parse_calendar({"timezone": "Europe/Moscow", "hours": {"mon": [["09:00", "18:00"]]}})
DEMAND = Demand("support", "requests", "office", OFFICE, NOON)
NIGHT = DEMAND._replace(at=NOON + timedelta(hours=12))
DUTY = ("main", NOON - timedelta(hours=1), NOON + timedelta(hours=1))


def anna(**other: object) -> Employee:
    return Employee(**{"agent": "anna", "groups": ("support",), "online": {"requests"}} | other)  # type: ignore[arg-type]


def staff(*people: Employee, rostered: bool = False) -> Staff:
    return Staff(agents={each.agent: each for each in people}, rostered=rostered)


def test_the_one_whose_turn_is_longest_ago_gets_the_ticket() -> None:
    choice = choose(DEMAND, staff(anna(), anna(agent="boris")), {"anna": 7, "boris": 5}, 9)

    assert (choice.agent, choice.because.rule, choice.because.turn) == ("boris", "turn", 9)
    assert choice.because.candidates == (Candidate(agent="anna", last_turn=7), Candidate(agent="boris", last_turn=5))


def test_among_equals_the_id_decides() -> None:
    assert choose(DEMAND, staff(anna(agent="boris"), anna()), {}, 1).agent == "anna"


def test_two_turns_are_never_the_same() -> None:
    assert choose(DEMAND, staff(anna()), {"anna": 9}, 9).because.turn == 10


def test_outside_coverage_the_group_keeps_it() -> None:
    choice = choose(NIGHT, staff(anna()), {}, 1)

    assert (choice.agent, choice.because.rule, choice.because.in_hours) == ("", "out-of-hours", False)


def test_every_exclusion_is_named() -> None:
    people = staff(
        anna(shifts=[DUTY]),
        anna(agent="elsewhere", groups=("duty",)),
        anna(agent="offline", online={"chat"}, shifts=[DUTY]),
        anna(agent="resting", shifts=[("main", DUTY[2], DUTY[2] + timedelta(hours=8))]),
        anna(agent="trainee", in_distribution=False),
        rostered=True,
    )

    named = {each.agent: each.excluded for each in choose(DEMAND, people, {}, 1).because.candidates}

    assert named == {
        "anna": "",
        "elsewhere": "not-in-group",
        "offline": "offline",
        "resting": "off-shift",
        "trainee": "not-in-distribution",
    }


def test_without_any_roster_shifts_do_not_restrict() -> None:
    assert choose(DEMAND, staff(anna()), {}, 1).agent == "anna"
    assert choose(DEMAND, staff(anna(), rostered=True), {}, 1).because.rule == "nobody-eligible"


def test_the_last_owner_keeps_a_reopened_ticket_only_while_he_takes_work() -> None:
    choice = stay(anna(), NIGHT, staff(anna()))

    assert choice is not None
    assert (choice.agent, choice.because.rule, choice.because.turn) == ("anna", "sticky", 0)
    assert next_in_turn(choice.because.candidates) == "anna"
    assert stay(anna(online=set()), DEMAND, staff()) is None


PEOPLE = st.builds(
    Employee,
    agent=st.sampled_from(["anna", "boris", "vera", "gleb", "dina"]),
    groups=st.sampled_from([("support",), ("duty",), ("support", "duty"), ()]),
    in_distribution=st.booleans(),
    online=st.sets(st.sampled_from(["chat", "requests"])),
    shifts=st.sampled_from([[], [DUTY]]),
)


@given(st.lists(PEOPLE), st.booleans(), st.dictionaries(st.sampled_from(["anna", "vera"]), st.integers(1, 50)))
def test_the_reason_evaluates_again_to_the_same_agent(people: list[Employee], rostered: bool, turns: dict) -> None:
    crew = staff(*people, rostered=rostered)
    agent, because = choose(DEMAND, crew, turns, 30)

    assert next_in_turn(because.candidates) == agent
    assert {each.agent for each in because.candidates} == set(crew.agents)
    if agent:
        chosen = crew.agents[agent]
        assert chosen.in_distribution
        assert "requests" in chosen.online
        assert "support" in chosen.groups
        assert chosen.on_shift(NOON) or not rostered
