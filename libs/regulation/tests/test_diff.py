"""A comparison tells meanings: what is shorter, what comes and goes, what becomes of tickets (D8)."""

import pytest
from regulation.diff import Change, diff
from regulation.document import Regulation
from regulation.load import load

LEVEL4 = ("level3: 5 дней, level4: 60 дней", "level3: 5 дней, level4: 20 дней")
OUTAGE = "critical: outage}\n  service"
FRIDAY = 'fri: [["09:00", "13:00"], ["14:00", "18:00"]]'
RESUMED = ("from: closed, to: reopened", "from: closed, to: level1")
RULE = ("\ncsi:", "\nplan_rules: [{plan: outage, channels: [email]}]\ncsi:")
METRIC = "{id: solution, title: {ru: Решение, en: Solution}, measures: resolution, target: level3}"
SILENCE = "after: 2 дня, calendar: office, business_day: 8h"
HALF_DAYS = "calendar: office\n    business_day: 4h"
CHANGES = [
    (*LEVEL4, "plans: standard-support.targets.level4: 60 дней → 20 дней shorter"),
    ("level1: 15 мин", "level1: 1 час", "plans: outage.targets.level1: 15 мин → 1 час longer"),
    ("level3: 1 день, level4: 3 дня", "level3: 1 день", "plans: outage.targets.level4: 3 дня → None"),
    ("after: 2 дня", "after: 12 часов", "auto_close: after: 2 дня → 12 часов shorter"),
    (SILENCE, SILENCE.replace("8h", "4h"), "auto_close: business_day: 8h → 4h shorter"),
    (SILENCE, SILENCE.replace("office", "always"), "auto_close: calendar: office → always shorter"),
    ("calendar: office\n    business_day: 8h", HALF_DAYS, "plans: management.business_day: 8h → 4h shorter"),
    (OUTAGE, OUTAGE.replace("outage", "management"), "plan_table: hosting-problem.critical: outage → management"),
    ("group: duty", "group: support", "channels: telegram.group: duty → support"),
    (
        "by: [requester, automatic]",
        "by: [automatic]",
        "transitions: resolved → closed: requester, automatic → automatic",
    ),
    (*RESUMED, "transitions: closed → level1: None → requester"),
    (*RESUMED, "transitions: closed → reopened: requester → None"),
    (FRIDAY, 'fri: [["09:00", "13:00"]]', "calendars: office.hours.fri: 09:00–13:00, 14:00–18:00 → 09:00–13:00"),
    ("production_calendar: RU", "holidays: [2026-08-14]", "calendars: office.holidays: None → 2026-08-14"),
    ("en: Hosting prob", "en: Cloud prob", "categories: hosting-problem.title.en: Hosting problems → Cloud problems"),
    (*RULE, "plan_rules: : None → plan: outage; channels: email"),
    (
        "\ncsi:",
        f"\nmetrics: [{METRIC}]\ncsi:",
        "metrics: solution: None → title: «Решение» / “Solution”; measures: resolution; target: level3",
    ),
    ("[50, 80]", "[50, 90]", "warnings: : 50, 80 → 50, 90"),
]


def told(change: Change) -> str:
    return f"{change.section}: {change.place}: {change.before} → {change.after} {change.direction}".rstrip()


def changed(text: str, right: str, wrong: str) -> Regulation:
    assert right in text
    return load(text.replace(right, wrong, 1))


@pytest.mark.parametrize(("right", "wrong", "says"), CHANGES, ids=[says for *_, says in CHANGES])
def test_a_change_is_told_by_its_meaning(csn: Regulation, csn_text: str, right: str, wrong: str, says: str) -> None:
    assert says in [told(change) for change in diff(csn, changed(csn_text, right, wrong)).changes]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("\ncsi:", "\n# a remark\ncsi:"), ("    business_day: 8h\n", ""), ("name: csn\n", "name:   csn\n")],
)
def test_what_means_the_same_is_no_change(csn: Regulation, csn_text: str, right: str, wrong: str) -> None:
    assert not diff(csn, changed(csn_text, right, wrong))


def test_the_order_of_priorities_has_a_meaning(csn: Regulation, csn_text: str) -> None:
    normal = "  - {id: normal, title: {ru: Обычный, en: Normal}}\n"
    urgent = "  - {id: urgent, title: {ru: Срочный, en: Urgent}}\n"
    turned = csn_text.replace(normal + urgent, urgent + normal)

    said = [told(change) for change in diff(csn, load(turned)).changes]

    assert said == ["priorities: (order): normal, urgent, critical → urgent, normal, critical"]


def test_what_becomes_of_tickets_is_told_once_for_all_that_share_it(csn: Regulation, csn_text: str) -> None:
    (effect,) = diff(csn, changed(csn_text, *LEVEL4)).effects

    assert (effect.column, effect.before, effect.after, effect.direction) == ("level4", "60 дней", "20 дней", "shorter")
    assert "defect × normal" in effect.tickets
    assert len(effect.tickets) == 12


def test_a_rule_of_one_channel_is_an_effect_on_that_channel_alone(csn: Regulation, csn_text: str) -> None:
    ruled = changed(csn_text, *RULE)

    tickets = {ticket for effect in diff(csn, ruled).effects for ticket in effect.tickets}

    assert "defect × normal (email)" in tickets
    assert all(ticket.endswith("(email)") for ticket in tickets)


def test_the_same_words_in_another_calendar_are_another_length(csn: Regulation, csn_text: str) -> None:
    office = "calendar: office\n    business_day: 8h\n    day_mode: hours\n    targets: {level1: 15 мин"
    faster = changed(csn_text, office, office.replace("office", "always", 1))

    effects = [effect for effect in diff(csn, faster).effects if effect.column == "level1"]

    assert [(each.before, each.after, each.direction) for each in effects] == [
        ("15 мин (office)", "15 мин (always)", "shorter")
    ]


def test_the_same_days_are_told_when_a_day_gets_shorter(csn: Regulation, csn_text: str) -> None:
    found = diff(csn, changed(csn_text, "calendar: office\n    business_day: 8h", HALF_DAYS))
    assert [(each.column, each.before, each.after, each.direction) for each in found.effects] == [
        ("level1", "2 дня (8h)", "2 дня (4h)", "shorter"),
        ("level2", "5 дней (8h)", "5 дней (4h)", "shorter"),
        ("level3", "10 дней (8h)", "10 дней (4h)", "shorter"),
        ("level4", "20 дней (8h)", "20 дней (4h)", "shorter"),
    ]
    assert found.effects[0].tickets == ("management-question × normal",)


def test_days_that_become_dates_are_told_and_hours_beside_them_are_not(csn: Regulation, csn_text: str) -> None:
    hours = "day_mode: hours\n    targets: {level1: 4 часа"
    found = diff(csn, changed(csn_text, hours, hours.replace("hours", "d_plus_n")))
    assert {(each.column, each.before, each.after) for each in found.effects} == {
        ("level2", "3 дня (hours)", "3 дня (d_plus_n)"),
        ("level3", "10 дней (hours)", "10 дней (d_plus_n)"),
        ("level4", "20 дней (hours)", "20 дней (d_plus_n)"),
    }


def test_the_way_back_is_the_opposite(csn: Regulation, csn_text: str) -> None:
    other = changed(csn_text, *LEVEL4)

    assert [(each.before, each.after) for each in diff(csn, other).changes] == [
        (each.after, each.before) for each in diff(other, csn).changes
    ]
