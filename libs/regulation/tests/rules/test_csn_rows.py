"""Every rule of S1 that is data, by its number: R1-01 to R1-36."""

from datetime import datetime
from itertools import pairwise

import pytest
from regulation.document import Regulation
from regulation.duration import DayMode
from regulation.parts import Announcement
from regulation.stage import Actor, Owner, Task, TaskAction
from regulation.worktime import is_open

ROWS = """
R1-19|Запрос на новый функционал|Техподдержка по проекту|paperwork standard-support standard-support
R1-20|Запрос на обслуживание по неактивной услуге|Запросы от несопровождаемых клиентов|\
paperwork standard-support urgent-support
R1-21|Вопросы к руководству|Общие вопросы|management paperwork standard-support
R1-22|Вопрос / консультация по проекту|Техподдержка по проекту|standard-support urgent-support urgent-support
R1-23|Проблемы с хостингом|Техподдержка по проекту|standard-support urgent-support outage
R1-24|Изменение/расширение услуги|Документооборот|paperwork standard-support urgent-support
R1-25|Запрос документов по проекту|Документооборот|paperwork standard-support urgent-support
R1-26|Запрос бухгалтерских документов|Документооборот|paperwork standard-support standard-support
R1-27|Запрос на настройку компонентов или модулей|Техподдержка по проекту|\
standard-support urgent-support urgent-support
R1-28|Ошибка поведения или интерфейса|Техподдержка по проекту|standard-support urgent-support outage
"""
PLANS = """
R1-29|management|SLA План руководителей|2 дня|5 дней|10 дней|20 дней
R1-30|paperwork|SLA Стандартный документооборот|4 часа|3 дня|10 дней|20 дней
R1-31|urgent-support|SLA Срочная техподдержка|30 мин|1 час|2 дня|20 дней
R1-32|outage|SLA Ликвидация аварий|15 мин|1 час|1 день|3 дня
R1-33|standard-support|SLA Стандартная техподдержка|1 час|4 часа|5 дней|60 дней
"""
ENDS = {
    "15 мин": "07-06 09:15",
    "30 мин": "07-06 09:30",
    "1 час": "07-06 10:00",
    "4 часа": "07-06 13:00",
    "1 день": "07-06 18:00",
    "2 дня": "07-07 18:00",
    "3 дня": "07-08 18:00",
    "5 дней": "07-10 18:00",
    "10 дней": "07-17 18:00",
    "20 дней": "07-31 18:00",
    "60 дней": "09-25 18:00",
}
"""When so much is over that began on Monday, 6 July 2026, at 09:00: weeks without a holiday."""
PRIORITIES = {"normal": "Обычный", "urgent": "Срочный", "critical": "Критичный"}
LEVELS = ("level1", "level2", "level3", "level4")
WAYS = """
new level1 automatic|level1 annulled agent|level1 level2 agent|level2 resolved agent|level2 level3 agent|
level3 resolved agent|level3 level4 agent|level4 resolved agent|level4 level3 agent|resolved closed requester|
resolved closed automatic|resolved reopened requester|reopened resolved agent|reopened closed requester|
closed reopened requester
"""
ROLES = {
    "R1-07 level1": ["client-development", "project-manager", "department-head"],
    "R1-09 level2": ["project-manager", "department-head"],
    "R1-10 level3": ["developer", "specialist"],
    "R1-12 level4": ["vendor"],
}
TASKS = {
    "R1-08 level1": Task(action=TaskAction.classify),
    "R1-09 level2": Task(action=TaskAction.open, prefix="TIC:", subtasks=True),
    "R1-10 level3": Task(action=TaskAction.proceed),
    "R1-12 level4": Task(action=TaskAction.proceed),
    "R1-18 closed": Task(action=TaskAction.close),
}


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


CELLS = [(row[0], row[1], *cell) for row in rows(ROWS) for cell in zip(PRIORITIES, row[3].split(), strict=True)]
TARGETS = [(row[0], row[1], *cell) for row in rows(PLANS) for cell in zip(LEVELS, row[3:], strict=True)]
WRITTEN = {row[1]: row[3:] for row in rows(PLANS)}
STEPS = [step.split() for step in WAYS.replace("\n", "").split("|")]


def ended(csn: Regulation, plan: str, level: str) -> str:
    target = csn.target(plan, level)
    assert target is not None
    office = csn.calendar(csn.plan(plan).calendar)
    over = target.due(office, datetime(2026, 7, 6, 9, tzinfo=office.zone))
    return over.astimezone(office.zone).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(("rule", "title", "priority", "plan"), CELLS, ids=[f"{c[0]} {c[2]}" for c in CELLS])
def test_a_cell_of_the_table_gives_its_plan_and_the_deadlines_of_every_level(
    csn: Regulation, rule: str, title: str, priority: str, plan: str
) -> None:
    category, urgency = csn.find_category(title), csn.find_priority(PRIORITIES[priority])
    assert category is not None
    assert urgency is not None

    found = csn.plan_for(category.id, urgency.id)

    assert found.id == plan
    assert [ended(csn, found.id, level) for level in LEVELS] == [ENDS[written] for written in WRITTEN[plan]]


@pytest.mark.parametrize(("rule", "plan", "level", "written"), TARGETS, ids=[f"{t[0]} {t[2]}" for t in TARGETS])
def test_a_target_of_a_plan_is_kept_as_written_and_ends_when_it_is_used_up(
    csn: Regulation, rule: str, plan: str, level: str, written: str
) -> None:
    """R1-34: the unit stays the source's."""
    assert csn.plan(plan).targets[level] == written
    assert ended(csn, plan, level) == ENDS[written]


@pytest.mark.parametrize(("rule", "plan", "title"), [row[:3] for row in rows(PLANS)], ids=[r[0] for r in rows(PLANS)])
def test_a_plan_has_its_name_and_runs_in_working_time_of_working_days(
    csn: Regulation, rule: str, plan: str, title: str
) -> None:
    found = csn.plan(plan)

    assert found.title.ru == title
    assert (found.calendar, found.business_day, found.day_mode) == ("office", "8h", DayMode.hours)


@pytest.mark.parametrize(("rule", "title", "kind"), [row[:3] for row in rows(ROWS)], ids=[r[0] for r in rows(ROWS)])
def test_a_category_is_of_its_type(csn: Regulation, rule: str, title: str, kind: str) -> None:
    category, ticket_type = csn.find_category(title), csn.find_type(kind)
    assert category is not None
    assert ticket_type is not None

    assert category.ticket_type == ticket_type.id


def test_r1_36_there_are_three_priorities(csn: Regulation) -> None:
    assert {each.id: each.title.ru for each in csn.priorities} == PRIORITIES


@pytest.mark.parametrize(("source", "to", "by"), STEPS, ids=[f"R1 {' '.join(step)}" for step in STEPS])
def test_a_way_of_the_source_is_open_to_whoever_takes_it(csn: Regulation, source: str, to: str, by: str) -> None:
    assert csn.allowed(source, to, Actor(by))


def test_no_other_way_is_open_to_anybody(csn: Regulation) -> None:
    ways = [[way.source, way.to, actor.value] for way in csn.transitions for actor in way.by]

    assert sorted(ways) == sorted(STEPS)


@pytest.mark.parametrize("rule", ROLES)
def test_a_level_is_done_by_whom_the_source_names(csn: Regulation, rule: str) -> None:
    assert [role.id for role in csn.roles_for("defect", rule.split()[1])] == ROLES[rule]


@pytest.mark.parametrize("rule", TASKS)
def test_a_stage_does_with_the_task_what_the_source_says(csn: Regulation, rule: str) -> None:
    assert csn.stage(rule.split()[1]).task == TASKS[rule]


def test_r1_01_requests_are_taken_round_the_clock(csn: Regulation) -> None:
    sunday = datetime(2026, 7, 5, 3, tzinfo=csn.calendar("always").zone)

    assert all(is_open(csn.calendar(csn.channel(way).coverage), sunday) for way in ("email", "cabinet", "api"))


def test_r1_03_a_new_ticket_goes_to_line_1_by_itself(csn: Regulation) -> None:
    assert csn.find_stage("1 линия") == csn.stage("level1")
    assert csn.allowed("new", "level1", Actor.automatic)
    assert [stage.id for stage in csn.exits("new")] == ["level1"]


@pytest.mark.parametrize("place", ["R1-04 group_news", "R1-04 requester_email", "R1-04 cabinet"])
def test_a_new_ticket_is_announced_at_each_place(csn: Regulation, place: str) -> None:
    assert Announcement(place.split()[1]) in csn.announcements


def test_r1_05_the_cabinet_is_a_channel(csn: Regulation) -> None:
    assert csn.find_channel("Личный кабинет клиента") == csn.channel("cabinet")


def test_r1_06_each_level_is_escalated_to_the_next(csn: Regulation) -> None:
    assert all(csn.allowed(here, further, Actor.agent) for here, further in pairwise(LEVELS))


def test_r1_08_the_classification_is_due_by_the_cell_of_category_and_priority(csn: Regulation) -> None:
    """A-6."""
    due = [ended(csn, csn.plan_for("hosting-problem", each).id, "level1") for each in PRIORITIES]

    assert due == ["07-06 10:00", "07-06 09:30", "07-06 09:15"]


def test_r1_11_only_a_new_function_is_estimated_and_only_at_level_3(csn: Regulation) -> None:
    assert {each.id: each.estimated for each in csn.categories if each.estimated} == {"new-function": ("level3",)}


def test_r1_13_level_4_is_the_vendors_time_and_no_other_is(csn: Regulation) -> None:
    """A-5."""
    assert [stage.id for stage in csn.stages if stage.owner is Owner.vendor] == ["level4"]


def test_r1_14_the_client_is_awaited_in_resolved(csn: Regulation) -> None:
    assert csn.stage("resolved").owner is Owner.requester


@pytest.mark.parametrize("form", ["resolved closed", "resolved reopened", "reopened closed", "closed reopened"])
def test_r1_15_the_client_has_a_form(csn: Regulation, form: str) -> None:
    source, to = form.split()

    assert csn.allowed(source, to, Actor.requester)
    assert not csn.allowed(source, to, Actor.agent)


def test_r1_16_silence_of_two_working_days_closes_over_the_weekend(csn: Regulation) -> None:
    """A-11."""
    rule = csn.auto_close
    assert rule is not None
    office = csn.calendar(rule.calendar)
    friday = datetime(2026, 7, 3, 17, 30, tzinfo=office.zone)

    assert (rule.stage, rule.to, rule.after) == ("resolved", "closed", "2 дня")
    assert rule.target.due(office, friday) == datetime(2026, 7, 7, 17, 30, tzinfo=office.zone)


def test_r1_17_no_plan_limits_the_time_of_a_reopened_ticket(csn: Regulation) -> None:
    """A-13."""
    assert [csn.target(plan.id, "reopened") for plan in csn.plans] == [None] * 5


def test_the_time_of_a_level_is_its_own(csn: Regulation) -> None:
    """D9: level 4 is not L3's."""
    assert [csn.stage(level).level for level in LEVELS] == ["L1", "L2", "L3", ""]
