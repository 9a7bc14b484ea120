"""regulations/csn.yaml says what S1 says: R1-01 to R1-36."""

from datetime import UTC, datetime, timedelta

import pytest
from regulation.document import Regulation
from regulation.duration import Unit
from regulation.stage import Actor, Kind, OnReturn, Owner
from regulation.worktime import due, is_open

TABLE = """
Запрос на новый функционал|Техподдержка по проекту|Стандартный документооборот|Стандартная техподдержка|Стандартная техподдержка
Запрос на обслуживание по неактивной услуге|Запросы от несопровождаемых клиентов|Стандартный документооборот|\
Стандартная техподдержка|Срочная техподдержка
Вопросы к руководству|Общие вопросы|План руководителей|Стандартный документооборот|Стандартная техподдержка
Вопрос / консультация по проекту|Техподдержка по проекту|Стандартная техподдержка|Срочная техподдержка|Срочная техподдержка
Проблемы с хостингом|Техподдержка по проекту|Стандартная техподдержка|Срочная техподдержка|Ликвидация аварий
Изменение/расширение услуги|Документооборот|Стандартный документооборот|Стандартная техподдержка|Срочная техподдержка
Запрос документов по проекту|Документооборот|Стандартный документооборот|Стандартная техподдержка|Срочная техподдержка
Запрос бухгалтерских документов|Документооборот|Стандартный документооборот|Стандартная техподдержка|Стандартная техподдержка
Запрос на настройку компонентов или модулей|Техподдержка по проекту|Стандартная техподдержка|\
Срочная техподдержка|Срочная техподдержка
Ошибка поведения или интерфейса|Техподдержка по проекту|Стандартная техподдержка|Срочная техподдержка|Ликвидация аварий
"""  # noqa: E501 rows as the source has them
PLANS = """
SLA План руководителей|2 дня|5 дней|10 дней|20 дней
SLA Стандартный документооборот|4 часа|3 дня|10 дней|20 дней
SLA Срочная техподдержка|30 мин|1 час|2 дня|20 дней
SLA Ликвидация аварий|15 мин|1 час|1 день|3 дня
SLA Стандартная техподдержка|1 час|4 часа|5 дней|60 дней
"""
MINUTES = {"мин": 1, "час": 60, "ден": 480, "дне": 480, "дня": 480}
PRIORITIES = ("Обычный", "Срочный", "Критичный")
LEVELS = ("level1", "level2", "level3", "level4")
WAYS = """new level1, level1 annulled, level1 level2, level2 resolved, level2 level3, level3 resolved,
level3 level4, level4 resolved, level4 level3, resolved closed, resolved reopened, reopened resolved, reopened closed,
closed reopened"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


CELLS = [(row[0], *pair) for row in rows(TABLE) for pair in zip(PRIORITIES, row[2:], strict=True)]
TARGETS = [(row[0], *pair) for row in rows(PLANS) for pair in zip(LEVELS, row[1:], strict=True)]


@pytest.mark.parametrize(("category", "priority", "plan"), CELLS)
def test_every_category_and_priority_has_the_plan_of_the_source(
    csn: Regulation, category: str, priority: str, plan: str
) -> None:
    found, urgency = csn.find_category(category), csn.find_priority(priority)
    assert found is not None
    assert urgency is not None

    assert csn.plan_for(found.id, urgency.id).title.ru == f"SLA {plan}"
    assert csn.plan_for(found.id, urgency.id) == csn.find_plan(plan)


@pytest.mark.parametrize(("plan", "level", "written"), TARGETS)
def test_every_plan_has_the_targets_of_the_source(csn: Regulation, plan: str, level: str, written: str) -> None:
    found = csn.find_plan(plan)
    assert found is not None
    target = csn.target(found.id, level)
    assert target is not None
    value, unit = written.split()

    assert target.written == written
    assert target.work() == timedelta(minutes=int(value) * MINUTES[unit[:3]])
    assert target.unit is next(known for known in Unit if known[0] == unit[0])


def test_there_are_ten_categories_four_types_three_priorities_thirty_cells_and_five_plans(csn: Regulation) -> None:
    assert len(CELLS) == sum(map(len, csn.plan_table.values())) == 30
    assert len(TARGETS) == sum(len(plan.targets) for plan in csn.plans) == 20
    assert list(map(len, (csn.categories, csn.ticket_types, csn.priorities, csn.plans))) == [10, 4, 3, 5]
    assert [priority.title.ru for priority in csn.priorities] == list(PRIORITIES)


@pytest.mark.parametrize(("category", "ticket_type"), [row[:2] for row in rows(TABLE)])
def test_the_type_follows_from_the_category(csn: Regulation, category: str, ticket_type: str) -> None:
    found = csn.find_category(category)
    assert found is not None

    titles = {known.id: known.title.ru for known in csn.ticket_types}

    assert titles[found.ticket_type] == ticket_type


def test_the_only_transitions_are_those_of_the_source(csn: Regulation) -> None:
    ids = [stage.id for stage in csn.stages]

    allowed = {f"{source} {to}" for source in ids for to in ids if csn.allowed(source, to)}

    assert allowed == {way.strip() for way in WAYS.split(",")}


def test_the_client_resumes_and_closes_and_the_platform_closes(csn: Regulation) -> None:
    """R1-15, R1-16."""
    client = {(way.source, way.to) for way in csn.transitions if Actor.requester in way.by}

    assert client == {
        ("resolved", "closed"),
        ("resolved", "reopened"),
        ("reopened", "closed"),
        ("closed", "reopened"),
    }
    assert csn.allowed("resolved", "closed", Actor.automatic)
    assert not csn.allowed("resolved", "closed", Actor.agent)


def test_only_the_four_levels_are_limited_in_time(csn: Regulation) -> None:
    """R1-17, A-13."""
    limited = {stage.id for stage in csn.stages if csn.target("outage", stage.id)}

    assert limited == set(LEVELS)


def test_levels_pause_while_the_requester_is_awaited_and_resume_on_return(csn: Regulation) -> None:
    """A-4, A-8."""
    levels = [csn.stage(level) for level in LEVELS]

    assert all(level.waiting_pauses for level in levels)
    assert {level.on_return for level in levels} == {OnReturn.resume}


def test_the_time_of_level_four_is_the_vendors(csn: Regulation) -> None:
    """R1-13, A-5."""
    assert [csn.stage(level).owner for level in LEVELS] == [Owner.team, Owner.team, Owner.team, Owner.vendor]


def test_annulled_is_the_only_end(csn: Regulation) -> None:
    """A-32."""
    assert [stage.id for stage in csn.stages if stage.terminal] == ["annulled"]
    assert csn.exits("annulled") == ()
    assert [stage.id for stage in csn.stages_of(Kind.new)] == ["new"]


def test_a_silent_client_has_sixteen_working_hours(csn: Regulation) -> None:
    """R1-16, A-11: resolved on Thursday at 16:00, closed on Monday at 16:00."""
    assert csn.auto_close is not None
    office = csn.calendar(csn.auto_close.calendar)
    thursday = datetime(2026, 2, 12, 16, tzinfo=office.zone)

    assert csn.auto_close.stage == "resolved"
    assert due(office, thursday, csn.auto_close.target.work()) == datetime(2026, 2, 16, 16, tzinfo=office.zone)


def test_warnings_come_at_half_and_at_four_fifths(csn: Regulation) -> None:
    assert csn.warnings == (50, 80)


def test_every_plan_is_counted_in_working_time_of_working_days(csn: Regulation) -> None:
    assert {plan.calendar for plan in csn.plans} == {"office"}


def test_mail_is_covered_at_night_and_telegram_in_working_hours(csn: Regulation) -> None:
    """R1-01."""
    sunday_night = datetime(2026, 2, 15, 0, 0, tzinfo=UTC)
    mail, telegram = csn.channel("email"), csn.channel("telegram")

    assert is_open(csn.calendar(mail.coverage), sunday_night)
    assert not is_open(csn.calendar(telegram.coverage), sunday_night)
    assert (mail.group, telegram.group) == ("support", "duty")
    assert (mail.section, telegram.section) == ("requests", "chat")


def test_a_new_function_may_be_estimated_at_level_three_only(csn: Regulation) -> None:
    """R1-11."""
    estimated = {category.id: category.estimated for category in csn.categories if category.estimated}

    assert estimated == {"new-function": ("level3",)}


def test_roles_are_those_of_the_level_where_the_source_does_not_say_more(csn: Regulation) -> None:
    """R1-07."""
    roles = csn.roles_for("defect", "level1")

    assert [role.id for role in roles] == ["client-development", "project-manager", "department-head"]


def test_a_ticket_is_an_ordinary_project_question_until_it_is_classified(csn: Regulation) -> None:
    default = csn.plan_for(csn.defaults.category, csn.defaults.priority)

    assert default.title.ru == "SLA Стандартная техподдержка"


def test_a_new_ticket_is_announced_in_three_places(csn: Regulation) -> None:
    """R1-04."""
    assert csn.announcements == ("group_news", "requester_email", "cabinet")


def test_what_the_source_does_not_say_is_named(csn: Regulation) -> None:
    assert csn.not_supplied
    assert {"A-1", "A-2", "A-11"} <= set(csn.assumed)
