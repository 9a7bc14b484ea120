"""Documents put together with `include` (S4 is a mix-in)."""

from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import MixinError, RegulationError, load

MIXIN = """
mixin: calls
title: {ru: Звонки, en: Calls}
missed_calls: {call_within: 2 дня, calendar: office, reassigned_by: vendor}
directions:
  - {id: north, title: {ru: Север, en: North}}
groups:
  - {id: duty, title: {ru: Чужие, en: Others}}
  - {id: callers, title: {ru: Звонящие, en: Callers}}
calendars:
  office: {timezone: UTC, hours: {}}
  night: {timezone: UTC, hours: {mon: [["22:00", "06:00"]]}}
assumed: [A-26, A-1]
"""


def including(text: str, name: str = "calls") -> str:
    return f"{text}\ninclude: [{name}]\n"


def test_a_document_takes_from_a_mixin_what_it_has_not_itself(csn: Regulation, csn_text: str) -> None:
    whole = load(including(csn_text), {"calls": MIXIN})

    assert whole.missed_calls is not None
    assert [each.id for each in whole.directions] == ["north"]
    assert [each.id for each in whole.groups] == ["support", "duty", "callers"]
    assert whole.assumed == (*csn.assumed, "A-26")


def test_what_the_document_says_itself_wins(csn: Regulation, csn_text: str) -> None:
    whole = load(including(csn_text), {"calls": MIXIN})

    assert whole.title == csn.title
    assert whole.group("duty") == csn.group("duty")
    assert whole.calendar("office") == csn.calendar("office")
    assert whole.calendar("night").timezone == "UTC"


def test_a_file_finds_its_mixins_beside_it(csn_text: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(including(csn_text))
    (tmp_path / "calls.yaml").write_text(MIXIN)

    assert load(tmp_path / "own.yaml") == load(including(csn_text), {"calls": MIXIN})


def test_a_mistake_in_a_mixin_names_its_file_and_line(csn_text: str) -> None:
    broken = MIXIN.replace("reassigned_by: vendor", "reassigned_by: chief")

    with pytest.raises(RegulationError, match=r"calls\.yaml, line 4: missed_calls\.reassigned_by: there is no role"):
        load(including(csn_text), {"calls": broken})


@pytest.mark.parametrize("name", ["absent", "../calls", "''"])
def test_a_mixin_that_is_not_there_is_named(csn_text: str, tmp_path: Path, name: str) -> None:
    (tmp_path / "own.yaml").write_text(including(csn_text, name))

    with pytest.raises(RegulationError, match="there is no mix-in"):
        load(tmp_path / "own.yaml")


def test_another_regulation_cannot_be_included(csn_text: str) -> None:
    with pytest.raises(RegulationError, match="does not say mixin: csn"):
        load(including(csn_text, "csn"), {"csn": csn_text})


def test_a_mixin_alone_is_no_regulation() -> None:
    with pytest.raises(MixinError, match="another regulation takes it in"):
        load(MIXIN)


def test_include_is_a_list(csn_text: str) -> None:
    with pytest.raises(RegulationError, match="include: write a list"):
        load(f"{csn_text}\ninclude: calls\n")


def test_a_mixin_alone_is_checked_as_far_as_it_goes() -> None:
    with pytest.raises(RegulationError, match=r"line 4: missed_calls\.call_within: write a whole number") as refusal:
        load(MIXIN.replace("2 дня", "скоро"))

    assert not isinstance(refusal.value, MixinError)
