"""A bare name means the version in force: the one that came into force last, on its date or its publication (R0-38)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from contracts.intake import RegulationPublished
from servicekit.problems import Malformed
from sla import state as states
from sla.preview import Preview, preview
from sla.state import State

Desk = Any
Make = Callable[..., Any]


def day(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}").replace(tzinfo=UTC)


@pytest.fixture
def published(desk_of: Make, changed_of: Make) -> State:
    """Version 1 of January, 9 of New Year's Eve published in March, 2 of February published in April."""
    desk = desk_of()
    for version, effective, at in (("9", "12-31", "03-01"), ("2", "02-01", "04-01")):
        regulation = changed_of(lambda document, version=version: document.update(version=version))
        said = RegulationPublished(at=day(at), effective_from=day(effective), **regulation.published())
        desk.tell(said, day(at))
    state: State = desk.decider.state
    return state


@pytest.mark.parametrize(
    ("at", "version"),
    [("01-01", "1"), ("03-15", "1"), ("03-31", "1"), ("04-01", "2"), ("12-30", "2"), ("12-31", "9")],
)
def test_a_version_is_in_force_from_its_date_or_its_publication_on(published: State, at: str, version: str) -> None:
    assert published.in_force(day(at))["csn"].version == version


def test_what_is_in_force_is_known_after_a_restart(published: State) -> None:
    kept = states.restored(msgspec.msgpack.encode(published.stored()))
    assert kept.in_force(day("12-30"))["csn"].version == "2"


def test_before_its_first_version_is_in_force_a_name_means_nothing(published: State) -> None:
    known = published.in_force(datetime(2025, 12, 31, tzinfo=UTC))
    assert known == {}
    with pytest.raises(Malformed, match="not in force yet"):
        preview(Preview.model_validate({"timeline": [{"at": "2026-03-16T10:00Z", "event": "opened"}]}), known)
