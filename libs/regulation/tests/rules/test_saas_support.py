"""The rules of S3 that are data, by their numbers: R3-01 to R3-25."""

from datetime import datetime

import pytest
from regulation.channel import HandOver
from regulation.document import Regulation
from regulation.parts import Tracker
from regulation.stage import Actor

CLASSES = [
    "Сообщение об ошибке",
    "Запрос информации",
    "Консультация по интеграции",
    "Инструктаж по системе",
    "Специальная задача",
    "Предложение по доработкам",
    "Не целевое обращение",
]
CARDS = [
    ("R3-18 blowhole", "jira", "Blowhole", "error"),
    ("R3-18 bug", "jira", "Баг", "error"),
    ("R3-18 research", "jira", "Исследование", "error"),
    ("R3-19 data-task", "jira", "Задача", "information"),
    ("R3-20 dev-duty", "message", "", "integration"),
    ("R3-08 special-tasks", "trello", "", "special-task"),
    ("R3-15 pb", "message", "", "suggestion"),
]
CARRIED = [
    ("R3-07 error", "saas-line-2", ("initiator's e-mail", "question", "additional information")),
    ("R3-07 information", "saas-line-2", ("initiator's e-mail", "question", "additional information")),
    ("R3-07 integration", "saas-line-2", ("initiator's e-mail", "question", "additional information")),
    ("R3-08 special-task", "special-tasks", ("details", "initiator's contacts", "account")),
]
DEVELOPERS = {
    "R3-17 error": ["blowhole", "bug", "research"],
    "R3-17 information": ["data-task"],
    "R3-17 integration": ["dev-duty"],
    "R3-17 instruction": [],
    "R3-17 suggestion": [],
    "R3-17 off-target": [],
}


def tracker(saas_support: Regulation, wanted: str) -> Tracker:
    return next(each for each in saas_support.trackers if each.id == wanted)


def passed_on(saas_support: Regulation, line: str, category: str) -> list[HandOver]:
    found = next(each for each in saas_support.lines if each.id == line)
    return [each for each in found.hands_over if category in each.categories]


def test_r3_01_a_request_is_classified_before_it_comes_to_a_line(saas_support: Regulation) -> None:
    assert [stage.id for stage in saas_support.exits("new")] == ["classification"]
    assert not saas_support.allowed("new", "line1")
    assert not saas_support.allowed("classification", "solved")
    assert {each.opens_in for each in saas_support.channels} == {None}


@pytest.mark.parametrize("line", ["line1", "line2", "special"])
def test_r3_01_from_its_classification_it_goes_to_a_line(saas_support: Regulation, line: str) -> None:
    assert saas_support.allowed("classification", line, Actor.agent)


@pytest.mark.parametrize("title", CLASSES)
def test_r3_03_a_class_of_the_source_is_a_category(saas_support: Regulation, title: str) -> None:
    assert saas_support.find_category(title) is not None
    assert len(saas_support.categories) == len(CLASSES) == 7


@pytest.mark.parametrize(
    ("line", "channels"),
    [
        ("R3-04 saas-line-1", ["saas-chat", "saas-phone"]),
        ("R3-04 saas-line-2", ["saas-zendesk", "saas-support-operations"]),
    ],
)
def test_a_line_serves_channels_of_one_manner(saas_support: Regulation, line: str, channels: list[str]) -> None:
    found = next(each for each in saas_support.lines if each.id == line.split()[1])
    sections = {saas_support.channel(channel).section.value for channel in found.channels}

    assert list(found.channels) == channels
    assert sections == ({"chat"} if line.endswith("1") else {"requests"})


def test_r3_06_line_1_solves_three_classes_on_the_spot(saas_support: Regulation) -> None:
    assert saas_support.lines[0].solves == ("instruction", "suggestion", "off-target")


def test_r3_06_ten_minutes_on_line_1_are_advice_and_no_deadline(saas_support: Regulation) -> None:
    """A-27."""
    stage, office = saas_support.stage("line1"), saas_support.calendar("office")
    target = saas_support.target("process", "line1")
    assert target is not None
    assert stage.advice is not None

    before_lunch, after_it = (datetime(2026, 7, 6, *at, tzinfo=office.zone) for at in ((12, 55), (14, 5)))
    assert target.due(office, before_lunch) == after_it
    assert (stage.soft, target.written) == (True, "10 мин")
    assert "2 линию" in stage.advice.ru


def test_only_line_1_has_a_soft_budget(saas_support: Regulation) -> None:
    assert [stage.id for stage in saas_support.stages if stage.soft] == ["line1"]


@pytest.mark.parametrize(("rule", "to", "carries"), CARRIED, ids=[each[0] for each in CARRIED])
def test_line_1_hands_over_with_all_that_is_needed(
    saas_support: Regulation, rule: str, to: str, carries: tuple[str, ...]
) -> None:
    (handed,) = passed_on(saas_support, "saas-line-1", rule.split()[1])

    assert (handed.to, handed.carries) == (to, carries)


def test_r3_07_slack_may_make_a_ticket(saas_support: Regulation) -> None:
    assert saas_support.find_channel("#support-operations") == saas_support.channel("saas-support-operations")


def test_r3_09_the_queue_is_in_order_of_class_then_priority_then_age(saas_support: Regulation) -> None:
    """A-28."""
    assert [line.order for line in saas_support.lines] == [("category", "priority", "age")] * 2
    assert [category.title.ru for category in saas_support.categories] == CLASSES
    assert any("R3-09" in missing for missing in saas_support.not_supplied)
    assert "A-28" in saas_support.assumed


def test_r3_09_r3_10_no_deadline_of_line_2_is_made_up(saas_support: Regulation) -> None:
    promised = [saas_support.metric_target("process", metric) for metric in saas_support.metrics]

    assert [metric.measures.value for metric in saas_support.metrics] == ["first_response", "resolution"]
    assert promised == [None, None]
    assert saas_support.target("process", "line2") is None


def test_r3_10_line_2_solves_all_but_special_tasks(saas_support: Regulation) -> None:
    ids = {category.id for category in saas_support.categories}

    assert set(saas_support.lines[1].solves) == ids - {"special-task"}


def test_r3_15_a_suggestion_tells_three_things(saas_support: Regulation) -> None:
    """A-29."""
    assert tracker(saas_support, "pb").requires == ("initiator", "criticality", "text")
    assert tracker(saas_support, "pb").project == "#pb"


@pytest.mark.parametrize("rule", DEVELOPERS)
def test_only_three_classes_go_to_the_developers(saas_support: Regulation, rule: str) -> None:
    assert [each.to for each in passed_on(saas_support, "saas-line-2", rule.split()[1])] == DEVELOPERS[rule]


@pytest.mark.parametrize(("rule", "kind", "card", "category"), CARDS, ids=[each[0] for each in CARDS])
def test_a_card_goes_where_the_source_says(
    saas_support: Regulation, rule: str, kind: str, card: str, category: str
) -> None:
    found = tracker(saas_support, rule.split()[1])

    assert (found.kind, found.card, found.categories) == (kind, card, (category,))


@pytest.mark.parametrize("card", ["blowhole", "bug", "research", "data-task", "dev-duty"])
def test_r3_21_the_initiator_hears_what_the_developers_did(saas_support: Regulation, card: str) -> None:
    assert tracker(saas_support, card).informs


def test_r3_20_a_consultation_needs_no_jira_card(saas_support: Regulation) -> None:
    kinds = [each.kind.value for each in saas_support.trackers if "integration" in each.categories]

    assert kinds == ["message"]


def test_r3_23_each_line_helps_the_other(saas_support: Regulation) -> None:
    """A-30."""
    helped = {line.id: (line.helped_by, line.min_staff) for line in saas_support.lines}

    assert helped == {"saas-line-1": (("saas-line-2",), 1), "saas-line-2": (("saas-line-1",), 1)}


@pytest.mark.parametrize("part", ["roles", "lines", "categories", "defaults", "plans", "groups", "stages", "csi"])
def test_r3_25_the_document_has_every_part(saas_support: Regulation, part: str) -> None:
    assert getattr(saas_support, part)
