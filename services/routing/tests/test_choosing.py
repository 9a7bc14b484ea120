from datetime import UTC, datetime, timedelta

from contracts.reasons import Candidate
from hypothesis import given
from hypothesis import strategies as st
from regulation.calendar import parse_calendar
from regulation.channel import Strategy
from routing.domain.absence import Absence
from routing.domain.choosing import choose, reevaluated, stay
from routing.domain.demand import Demand
from routing.domain.desk import Desk
from routing.domain.draft import Draft
from routing.domain.presence import Presence
from routing.domain.staff import Employee, Staff

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = parse_calendar({"timezone": "Europe/Moscow", "hours": {"mon": [["09:00", "18:00"]]}})
DEMAND = Demand("support", "requests", "office", OFFICE, NOON)
NIGHT = DEMAND._replace(at=NOON + timedelta(hours=12))
DUTY = (NOON - timedelta(hours=1), NOON + timedelta(hours=1), "main")
ONLINE = Presence(since=NOON)
LUNCH = Absence(absence="x", reason="lunch", starts=NOON, ends=NOON + timedelta(hours=1))


def anna(**other: object) -> Employee:
    return Employee(**{"agent": "anna", "groups": ("support",), "presence": {"requests": ONLINE}} | other)  # type: ignore[arg-type]


def staff(*people: Employee, rostered: bool = False) -> Staff:
    found = Staff(agents={each.agent: each for each in people}, rostered=rostered)
    for each in people:
        found.regroup(each)
    return found


def desk(crew: Staff, turns: dict[str, int] | None = None) -> Desk:
    return Desk(crew, {DEMAND.pool: turns or {}})


def test_the_one_whose_turn_is_longest_ago_gets_the_ticket() -> None:
    choice = choose(DEMAND, desk(staff(anna(), anna(agent="boris")), {"anna": 7, "boris": 5}), 9)

    assert (choice.agent, choice.because.rule, choice.because.turn) == ("boris", "turn", 9)
    assert choice.because.candidates == (Candidate(agent="anna", last_turn=7), Candidate(agent="boris", last_turn=5))


def test_among_equals_the_id_decides() -> None:
    assert choose(DEMAND, desk(staff(anna(agent="boris"), anna())), 1).agent == "anna"


def test_two_turns_are_never_the_same() -> None:
    assert choose(DEMAND, desk(staff(anna()), {"anna": 9}), 9).because.turn == 10


def test_outside_coverage_the_group_keeps_it() -> None:
    choice = choose(NIGHT, desk(staff(anna())), 1)

    assert (choice.agent, choice.because.rule, choice.because.in_hours) == ("", "out-of-hours", False)


def test_every_exclusion_is_named() -> None:
    people = staff(
        anna(shifts=[DUTY]),
        anna(agent="elsewhere", groups=("duty",)),  # nobody's candidate
        anna(agent="offline", presence={"chat": ONLINE}, shifts=[DUTY]),
        anna(agent="resting", shifts=[(DUTY[1], DUTY[1] + timedelta(hours=8), "main")]),
        anna(agent="trainee", in_distribution=False),
        rostered=True,
    )

    named = {each.agent: each.excluded for each in choose(DEMAND, desk(people), 1).because.candidates}

    assert named == {
        "anna": "",
        "offline": "offline",
        "resting": "off-shift",
        "trainee": "not-in-distribution",
    }


def test_without_any_roster_shifts_do_not_restrict() -> None:
    assert choose(DEMAND, desk(staff(anna())), 1).agent == "anna"
    assert choose(DEMAND, desk(staff(anna(), rostered=True)), 1).because.rule == "nobody-eligible"


def test_the_last_owner_keeps_a_reopened_ticket_only_while_he_takes_work() -> None:
    crew = staff(anna(registered=True), anna(agent="boris", registered=True, presence={}))

    choice = stay("anna", NIGHT, crew)

    assert choice is not None
    assert (choice.agent, choice.because.rule, choice.because.turn) == ("anna", "sticky", 0)
    assert reevaluated(choice.because) == "anna"
    assert stay("boris", DEMAND, crew) is None
    assert stay("nobody", DEMAND, crew) is None


PEOPLE = st.builds(
    Employee,
    agent=st.sampled_from(["anna", "boris", "vera", "gleb", "dina"]),
    groups=st.sampled_from([("support",), ("duty",), ("support", "duty"), ()]),
    in_distribution=st.booleans(),
    presence=st.dictionaries(st.sampled_from(["chat", "requests"]), st.just(ONLINE)),
    shifts=st.sampled_from([[], [DUTY]]),
    skills=st.sampled_from([(), ("billing",), ("billing", "en"), ("ru",)]),
    line=st.sampled_from(["", "phone", "chat"]),
    capacity=st.sampled_from([{}, {"requests": 0}, {"requests": 2}]),
    absences=st.sampled_from([{}, {"x": LUNCH}]),
)


TURNS = st.dictionaries(st.sampled_from(["anna", "vera"]), st.integers(1, 50))
STRATEGIES = st.sampled_from(Strategy)
WISHES = st.tuples(st.sampled_from([(), ("billing",), ("ru",), ("billing", "en")]), st.sampled_from(["", "phone"]))


@given(st.lists(PEOPLE), st.booleans(), TURNS, STRATEGIES, WISHES)
def test_the_reason_evaluates_again_to_the_same_agent(
    people: list[Employee], rostered: bool, turns: dict, strategy: Strategy, wish: tuple
) -> None:
    crew = staff(*{each.agent: each for each in people}.values(), rostered=rostered)
    demand = DEMAND._replace(strategy=strategy, skills=wish[0], line=wish[1])
    agent, because = choose(demand, desk(crew, turns), 30)

    assert reevaluated(because) == agent
    assert [each.agent for each in because.candidates] == crew.teams.get("support", [])
    if agent:
        chosen = crew.agents[agent]
        assert not crew.exclusion(chosen, "requests", NOON)
        assert not demand.unsuited((chosen.line, chosen.skills))
        assert chosen.capacity.get("requests") != 0
        assert "support" in chosen.groups


@given(st.lists(PEOPLE, min_size=1), st.booleans(), TURNS, STRATEGIES, WISHES)
def test_in_a_large_group_the_same_agent_is_chosen_without_looking_at_everybody(
    people: list[Employee], rostered: bool, turns: dict, strategy: Strategy, wish: tuple
) -> None:
    crew = staff(*{each.agent: each for each in people}.values(), rostered=rostered)
    demand = DEMAND._replace(strategy=strategy, skills=wish[0], line=wish[1])
    found = desk(crew, turns)

    agent, because = choose(demand, found, 30, listed=0)

    assert agent == choose(demand, found, 30).agent == reevaluated(because)
    assert len(because.candidates) + sum(because.others.values()) == len(crew.teams.get("support", []))


def test_of_a_large_group_the_chosen_and_the_next_ten_are_named_and_the_others_counted() -> None:
    here = [anna(agent=f"a{n:03}") for n in range(100)]
    away = [anna(agent=f"b{n:03}", presence={}) for n in range(30)]
    passed = [anna(agent=f"A{n:03}", absences={"x": LUNCH}) for n in range(12)]

    agent, because = choose(DEMAND, desk(staff(*here, *away, *passed)), 1)

    assert (agent, len(because.candidates)) == ("a000", 21)
    assert because.others == {"offline": 30, "absent:lunch": 2, "later": 89}


@given(st.lists(PEOPLE, min_size=1), TURNS, STRATEGIES, st.integers(1, 12))
def test_dealing_several_at_once_is_dealing_them_one_after_another(
    people: list[Employee], turns: dict, strategy: Strategy, count: int
) -> None:
    crew = staff(*{each.agent: each for each in people}.values())
    demand = DEMAND._replace(strategy=strategy)
    draft, small, large = Draft(desk(crew, turns)), list[str](), list[str]()
    for listed, dealt in ((50, small), (0, large)):
        draft = Draft(desk(crew, turns))
        for _ in range(count):
            choice = choose(demand, draft, 0, listed=listed)
            dealt.append(choice.agent)
            if choice.agent:
                draft.give(choice.agent, demand, choice.because.turn)

    assert small == large


def test_whoever_just_lost_it_gets_it_again_only_if_nobody_else_can() -> None:
    both, alone = desk(staff(anna(), anna(agent="boris"))), desk(staff(anna()))

    assert choose(DEMAND, both, 1, barred="anna").agent == "boris"
    assert choose(DEMAND, alone, 1, barred="anna").agent == "anna"


def test_a_service_has_to_be_named_and_a_language_only_by_whoever_names_languages() -> None:
    people = {"a": ("billing",), "b": ("billing", "en"), "c": ("ru",), "d": ()}
    crew = staff(*(anna(agent=agent, skills=skills) for agent, skills in people.items()))

    named = choose(DEMAND._replace(skills=("billing", "ru")), desk(crew), 1).because.candidates

    assert {each.agent: each.excluded for each in named} == {
        "a": "",
        "b": "lacks-skill:ru",
        "c": "lacks-skill:billing",
        "d": "lacks-skill:billing",
    }


def test_another_lines_people_are_asked_only_while_they_help() -> None:
    crew = staff(anna(line="chat"))
    demand = DEMAND._replace(line="phone")

    assert choose(demand, desk(crew), 1).because.candidates[0].excluded == "other-line"
    helped = choose(demand._replace(helpers={"chat": "own-line-empty"}), desk(crew), 1)
    assert (helped.agent, helped.because.candidates[0].line) == ("anna", "chat")


def test_a_substitute_gets_what_comes_back_to_somebody_who_is_away() -> None:
    away = Absence(absence="x", reason="illness", starts=NOON, substitute="boris")
    crew = staff(anna(registered=True, absences={"x": away}), anna(agent="boris", registered=True))

    choice = stay("anna", DEMAND, crew)

    assert choice is not None
    assert (choice.agent, choice.because.rule, reevaluated(choice.because)) == ("boris", "substitute", "boris")
    assert choice.because.candidates[0].excluded == "absent:illness"
