"""Several regulations side by side: X-01 to X-07."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
import pytest
from regulation.document import Regulation
from regulation.term import Title

NAMES = ("csn", "demo", "group-helpdesk", "saas-support", "three-levels")
THOU = re.compile(r"\b(?:ты|тебя|тебе|тобой|тво[йяеёи]|твоего|твоей|твоих|твоим)\b", re.IGNORECASE)
SHARED = ("channels", "groups", "lines")
"""What services look up without knowing the regulation."""


def titles(value: object) -> Iterator[Title]:
    if isinstance(value, Title):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from titles(getattr(value, field))
    elif isinstance(value, tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from titles(each)


@pytest.mark.parametrize("key", SHARED)
def test_x_01_no_two_regulations_share_an_id_that_is_looked_up_everywhere(
    shipped: Mapping[str, Regulation], key: str
) -> None:
    ids = Counter(term.id for regulation in shipped.values() for term in getattr(regulation, key))

    assert [each for each, times in ids.items() if times > 1] == []


def test_x_01_groups_are_told_apart_by_their_titles_too(shipped: Mapping[str, Regulation]) -> None:
    named = Counter(
        title for regulation in shipped.values() for group in regulation.groups for title in group.names[1:]
    )

    assert [title for title, times in named.items() if times > 1] == []


def test_x_02_each_has_a_taxonomy_of_its_own_and_runs_on_the_same_code(shipped: Mapping[str, Regulation]) -> None:
    sizes = {name: len(regulation.categories) for name, regulation in shipped.items()}

    assert sizes == {"csn": 10, "demo": 6, "group-helpdesk": 5, "saas-support": 7, "three-levels": 3}


@pytest.mark.parametrize("name", NAMES)
def test_x_02_each_survives_a_journey_as_json(shipped: Mapping[str, Regulation], name: str) -> None:
    arrived = Regulation.from_json(shipped[name].to_json())

    assert arrived == shipped[name]
    assert (arrived.key, arrived.hash) == (f"{name}@1", shipped[name].hash)


def test_x_03_clocks_of_every_manner_stand_side_by_side(shipped: Mapping[str, Regulation]) -> None:
    stage_clocks = {name: [s.id for s in each.stages if s.target and not s.soft] for name, each in shipped.items()}

    assert stage_clocks["csn"] == ["level1", "level2", "level3", "level4"]
    assert (stage_clocks["group-helpdesk"], len(shipped["group-helpdesk"].metrics)) == ([], 3)
    assert [stage.id for stage in shipped["saas-support"].stages if stage.soft] == ["line1"]
    assert shipped["csn"].stage("reopened").target is None


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("csn", []), ("group-helpdesk", ["youtrack"]), ("saas-support", ["jira", "message", "trello"])],
)
def test_x_04_trackers_are_configuration(shipped: Mapping[str, Regulation], name: str, kinds: list[str]) -> None:
    assert sorted({each.kind.value for each in shipped[name].trackers}) == kinds


@pytest.mark.parametrize("name", NAMES)
def test_x_05_office_hours_follow_the_production_calendar(shipped: Mapping[str, Regulation], name: str) -> None:
    weekdays = [each for each in shipped[name].calendars.values() if each.timezone == "Europe/Moscow"]

    assert all(each.production_calendar == "RU" for each in weekdays if "sat" not in each.hours)


@pytest.mark.parametrize("name", NAMES)
def test_x_07_everything_has_a_name_in_both_languages_and_nobody_is_thou(
    shipped: Mapping[str, Regulation], name: str
) -> None:
    """R0-10."""
    found = list(titles(shipped[name]))

    assert all(title.ru and title.en and not THOU.search(title.ru) for title in found)
    assert len(found) > 30


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_supplied_is_named(shipped: Mapping[str, Regulation], name: str) -> None:
    lacks = any(target == "not supplied" for plan in shipped[name].plans for target in plan.targets.values())

    assert not lacks or any("deadline" in missing for missing in shipped[name].not_supplied)
    assert all(entry[:2] == "A-" or " " in entry for entry in shipped[name].assumed)


@pytest.mark.parametrize("name", NAMES)
def test_a_31_every_category_reports_under_a_word_shared_by_all(shipped: Mapping[str, Regulation], name: str) -> None:
    shared = {"incident", "problem", "question", "service-request", "change", "improvement", "other"}

    assert {each.reports_as for each in shipped[name].categories} <= shared
