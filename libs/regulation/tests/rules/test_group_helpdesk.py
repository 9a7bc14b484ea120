"""The rules of S0 that are data, by their numbers: R0-01 to R0-38."""

from datetime import date
from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import load
from regulation.parts import TrackerKind
from regulation.plan import Measure
from regulation.stage import Actor, Owner

BOTS = [
    ("R0-05 sup_coven_bot", "hm"),
    ("R0-05 pn_support_doc_bot", "doc"),
    ("R0-05 DOC_SUP24na7bot", "doc"),
    ("R0-05 SUPzm_bot", "zm"),
    ("R0-05 MPKsupportBOT", "mpk"),
]
TYPES = ["R0-28 Проблема", "R0-29 Инцидент", "R0-30 Вопрос", "R0-31 Задача", "R0-32 Предложение"]
MEASURES = ["first_response", "next_response", "resolution"]
FILE = Path(__file__).parents[4] / "regulations" / "group-helpdesk.yaml"
NUMBERS = """
  - {id: hm-urgent, title: {ru: Срочно HM, en: Urgent HM}, calendar: hm, targets: {first_response: 15 мин}}
  - {id: mail, title: {ru: Почта, en: Mail}, calendar: hm, targets: {first_response: 1 час}}
  - {id: mail-incident, title: {ru: Сбой почты, en: Mail is down}, calendar: hm, targets: {first_response: 5 мин}}
"""
RULES = """
plan_rules:
  - {plan: mail-incident, services: [mail], ticket_types: [incident]}
  - {plan: mail, services: [mail]}
  - {plan: hm-urgent, directions: [hm], priorities: [urgent]}
"""
SELECTED = [
    ("R0-11 channel", "question", "normal", "supzm_bot", "", "zm"),
    ("R0-11 urgency", "question", "urgent", "sup_coven_bot", "", "hm-urgent"),
    ("R0-11 service", "question", "urgent", "sup_coven_bot", "mail", "mail"),
    ("R0-11 type", "incident", "urgent", "sup_coven_bot", "mail", "mail-incident"),
    ("R0-11 nothing special", "incident", "normal", "sup_coven_bot", "", "hm"),
]


@pytest.fixture(scope="module")
def supplied() -> Regulation:
    """The same regulation once somebody has written numbers into it."""
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("\nplans:\n", "\nplans:" + NUMBERS, 1).replace("\nplan_rules:\n", RULES, 1)
    return load(text.replace("services: []", "services:\n  - {id: mail, title: {ru: Почта, en: Mail}}", 1))


@pytest.mark.parametrize(("rule", "department"), BOTS, ids=[bot[0] for bot in BOTS])
def test_a_bot_belongs_to_its_department(group_helpdesk: Regulation, rule: str, department: str) -> None:
    channel = group_helpdesk.find_channel(rule.split()[1])
    assert channel is not None

    assert channel.direction == department
    assert channel.kind == "telegram"
    assert channel.aliases == (rule.split()[1],)


def test_r0_05_there_are_five_bots(group_helpdesk: Regulation) -> None:
    assert [each.aliases[0] for each in group_helpdesk.channels if each.direction] == [bot[0][6:] for bot in BOTS]


def test_r0_06_the_two_channels_of_doc_stay_apart(group_helpdesk: Regulation) -> None:
    own, chat = (each for each in group_helpdesk.channels if each.direction == "doc")

    assert own.group != chat.group


def test_r0_07_group_chats_take_mass_problems_only(group_helpdesk: Regulation) -> None:
    assert [each.id for each in group_helpdesk.channels if each.mass_only] == ["group-chats"]
    assert "$bot" in group_helpdesk.templates["write_to_bot"].ru


def test_r0_08_a_problem_gathers_incidents_and_nothing_else_gathers(group_helpdesk: Regulation) -> None:
    """A-23."""
    assert {each.id: each.links for each in group_helpdesk.categories if each.links} == {"problem": ("incident",)}


def test_r0_02_r0_03_only_employees_are_served_and_others_are_told_so(group_helpdesk: Regulation) -> None:
    access = group_helpdesk.access

    assert access.requesters == "employees"
    assert access.refusal is not None
    assert "Вами" in access.refusal.ru


def test_r0_09_exactly_two_roles_bring_tasks_outside_the_channels(group_helpdesk: Regulation) -> None:
    titles = {role.id: role.title.ru for role in group_helpdesk.roles}

    assert [titles[role] for role in group_helpdesk.access.outside_channels] == [
        "Руководитель технической поддержки",
        "Руководитель группы технической поддержки",
    ]


@pytest.mark.parametrize("case", SELECTED, ids=[case[0] for case in SELECTED])
def test_the_plan_is_selected_by_channel_urgency_service_and_type(
    supplied: Regulation, case: tuple[str, str, str, str, str, str]
) -> None:
    _, category, priority, channel, service, plan = case

    assert supplied.plan_for(category, priority, channel, service).id == plan


@pytest.mark.parametrize("measure", MEASURES)
def test_r0_12_responses_and_resolution_have_columns_of_their_own(group_helpdesk: Regulation, measure: str) -> None:
    """A-18."""
    metric = next(each for each in group_helpdesk.metrics if each.measures == measure)

    assert metric.target == measure
    assert not metric.soft


def test_r0_12_no_number_is_made_up(group_helpdesk: Regulation) -> None:
    written = {target for plan in group_helpdesk.plans for target in plan.targets.values()}
    promised = [group_helpdesk.metric_target(p.id, m) for p in group_helpdesk.plans for m in group_helpdesk.metrics]

    assert written == {"not supplied"}
    assert set(promised) == {None}
    assert sum("R0-12" in missing for missing in group_helpdesk.not_supplied) == 2


def test_r0_12_a_number_written_in_is_promised(supplied: Regulation) -> None:
    metric = next(each for each in supplied.metrics if each.measures is Measure.first_response)

    target = supplied.metric_target("hm-urgent", metric)

    assert target is not None
    assert target.written == "15 мин"


def test_r0_13_r0_14_waiting_for_the_requester_is_no_stage(group_helpdesk: Regulation) -> None:
    work = [stage for stage in group_helpdesk.stages if stage.kind == "work"]

    assert group_helpdesk.find_stage("в ожидании") is None
    assert all(stage.waiting_pauses and stage.owner is Owner.team for stage in work)


def test_r0_16_work_is_dealt_in_turn(group_helpdesk: Regulation) -> None:
    assert group_helpdesk.distribution.strategy == "in_turn"


def test_r0_17_every_channel_has_a_group_of_its_own(group_helpdesk: Regulation) -> None:
    groups = [channel.group for channel in group_helpdesk.channels]

    assert len(set(groups)) == len(groups) == 6


def test_r0_18_telegram_is_dealt_by_the_section_chat(group_helpdesk: Regulation) -> None:
    assert {channel.section for channel in group_helpdesk.channels} == {"chat"}


def test_r0_21_every_department_has_hours_of_its_own_to_be_agreed_on(group_helpdesk: Regulation) -> None:
    hours = {each.direction: each.coverage for each in group_helpdesk.channels if each.direction}

    assert hours == {"hm": "hm", "doc": "doc", "zm": "zm", "mpk": "mpk"}
    assert {each.agreed for each in group_helpdesk.channels} == {"not supplied"}
    assert "A-2" in group_helpdesk.assumed


def test_r0_23_what_is_beyond_an_agent_goes_to_a_responsible_employee(group_helpdesk: Regulation) -> None:
    assert "responsible" in group_helpdesk.stage("line2").roles
    assert group_helpdesk.services == ()
    assert any("R0-23" in missing for missing in group_helpdesk.not_supplied)


@pytest.mark.parametrize(
    "rule",
    ["R0-25 Оргтехника", "R0-25 Периферийные устройства", "R0-25 Сетевое оборудование", "R0-26 Обязанности других"],
)
def test_what_is_out_of_competence_is_named(group_helpdesk: Regulation, rule: str) -> None:
    assert any(each.title.ru.startswith(rule[6:]) for each in group_helpdesk.exclusions)


@pytest.mark.parametrize("stage", ["line1", "line2"])
def test_r0_27_an_agent_may_close_what_is_out_of_competence(group_helpdesk: Regulation, stage: str) -> None:
    assert group_helpdesk.allowed(stage, "closed", Actor.agent)


@pytest.mark.parametrize("rule", TYPES)
def test_a_type_of_the_source_is_a_type_and_a_category(group_helpdesk: Regulation, rule: str) -> None:
    kind, category = group_helpdesk.find_type(rule[6:]), group_helpdesk.find_category(rule[6:])
    assert kind is not None
    assert category is not None

    assert category.ticket_type == kind.id == category.id


def test_there_are_exactly_five_types(group_helpdesk: Regulation) -> None:
    assert [each.title.ru for each in group_helpdesk.ticket_types] == [rule[6:] for rule in TYPES]
    assert len(group_helpdesk.categories) == 5


def test_r0_33_an_escalation_to_a_product_team_is_a_request_in_youtrack(group_helpdesk: Regulation) -> None:
    tracker = group_helpdesk.trackers[0]

    assert (tracker.kind, tracker.card, tracker.stages) == (TrackerKind.youtrack, "Request", ("product-team",))


def test_r0_36_there_are_two_lines_that_nobody_described(group_helpdesk: Regulation) -> None:
    assert [len(line.channels) for line in group_helpdesk.lines] == [6, 0]
    assert any("R0-36" in missing for missing in group_helpdesk.not_supplied)


def test_r0_37_a_rating_has_a_scale(group_helpdesk: Regulation) -> None:
    """A-24."""
    assert (group_helpdesk.csi.lowest, group_helpdesk.csi.highest) == (1, 5)


def test_r0_38_the_regulation_is_dated(group_helpdesk: Regulation) -> None:
    assert group_helpdesk.effective_from == date(2023, 6, 8)
    assert group_helpdesk.key == "group-helpdesk@1"
