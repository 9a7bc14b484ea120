"""The rules of S2 that are data, by their numbers: R2-01 to R2-17."""

from itertools import product
from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import RegulationError, load
from regulation.stage import Actor, Kind, Owner

KINDS = ["Инцидент", "Запрос на обслуживание", "Запрос на изменение"]
LEVELS = ["R2-03 L1", "R2-04 L2", "R2-05 L3"]
CHANNELS = {
    "R2-03 levels-phone": "api",
    "R2-03 levels-chat": "api",
    "R2-03 R2-17 levels-messenger": "telegram",
    "R2-03 R2-17 levels-mail": "email",
    "R2-17 levels-bitrix": "api",
    "R2-17 levels-customer-system": "api",
    "R2-17 levels-helpdesk": "api",
}
FILE = Path(__file__).parents[4] / "regulations" / "three-levels.yaml"


@pytest.mark.parametrize("kind", KINDS)
def test_r2_01_a_kind_of_request_is_a_type_and_a_category(three_levels: Regulation, kind: str) -> None:
    category = three_levels.find_category(kind)
    assert category is not None

    assert three_levels.find_type(kind) == three_levels.find_type(category.ticket_type)
    assert len(three_levels.categories) == len(KINDS)


@pytest.mark.parametrize("rule", LEVELS)
def test_a_level_is_a_stage_whose_minutes_are_its_own(three_levels: Regulation, rule: str) -> None:
    level = rule.split()[1]

    stage = three_levels.stage(level.lower())

    assert (stage.level, stage.kind, stage.owner) == (level, Kind.work, Owner.team)


@pytest.mark.parametrize("way", ["l1 l2", "l1 l3", "l2 l3"])
def test_r2_02_a_request_is_escalated_to_the_level_it_needs(three_levels: Regulation, way: str) -> None:
    assert three_levels.allowed(*way.split(), Actor.agent)


@pytest.mark.parametrize("level", ["l1", "l2", "l3"])
def test_r2_06_the_supplier_is_asked_by_any_level_and_answers_it(three_levels: Regulation, level: str) -> None:
    assert three_levels.stage("supplier").owner is Owner.vendor
    assert three_levels.allowed(level, "supplier", Actor.agent)
    assert three_levels.allowed("supplier", level, Actor.agent)


def test_r2_07_every_kind_is_served_in_the_service_time_of_the_agreement(three_levels: Regulation) -> None:
    cells = product(three_levels.categories, three_levels.priorities)

    assert {three_levels.plan_for(kind.id, at.id).calendar for kind, at in cells} == {"service-time"}
    assert {channel.coverage for channel in three_levels.channels} == {"service-time"}


def test_r2_07_no_number_is_made_up(three_levels: Regulation) -> None:
    assert {target for plan in three_levels.plans for target in plan.targets.values()} == {"not supplied"}
    assert any("R2-07" in missing for missing in three_levels.not_supplied)


def test_r2_08_a_service_that_is_handed_over_goes_to_who_takes_it_over(three_levels: Regulation) -> None:
    taken, coming = three_levels.services

    assert (taken.status, taken.handover, taken.group) == ("supported", "support", None)
    assert (coming.status, coming.handover, coming.group) == ("in_handover", "preparation", "levels-handover")


@pytest.mark.parametrize("step", ["preparation", "transfer", "support"])
def test_r2_08_a_handover_has_three_steps(step: str) -> None:
    text = FILE.read_text(encoding="utf-8").replace("handover: preparation", f"handover: {step}")

    assert load(text).services[1].handover == step


def test_r2_09_channels_without_an_agreement_are_refused() -> None:
    text = FILE.read_text(encoding="utf-8")
    begin, end = text.index("plans:\n"), text.index("\nplan_table:")

    with pytest.raises(RegulationError, match="R2-09"):
        load(text[:begin] + "plans: []\n" + text[end:])


@pytest.mark.parametrize("rule", CHANNELS)
def test_a_way_of_the_source_is_a_channel(three_levels: Regulation, rule: str) -> None:
    assert three_levels.channel(rule.rsplit(maxsplit=1)[-1]).kind == CHANNELS[rule]


def test_there_are_no_other_channels_and_all_of_them_come_to_l1(three_levels: Regulation) -> None:
    """R2-03."""
    ids = [channel.id for channel in three_levels.channels]

    assert ids == [rule.split()[-1] for rule in CHANNELS]
    assert three_levels.lines[0].channels == tuple(ids)


def test_r2_14_whom_to_ask_in_a_dispute_is_still_to_be_said(three_levels: Regulation) -> None:
    assert {service.decides for service in three_levels.services} == {"not supplied"}
    assert any("R2-14" in missing for missing in three_levels.not_supplied)
