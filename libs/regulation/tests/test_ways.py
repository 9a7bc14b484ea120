"""The ways through a regulation's stages, and which versions are in force: asked by intake, sla and routing alike."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from regulation.force import in_force
from regulation.load import load
from regulation.stage import Actor, Kind
from regulation.ways import entered, opening, passed, resumable_until, working_exits

CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
NEXT, AFTER = (msgspec.structs.replace(CSN, version=version) for version in ("2", "3"))


def test_a_ticket_begins_where_it_gets_by_itself_r1_03() -> None:
    assert opening(CSN) == entered(CSN, CSN.stage("new")) == "level1"
    assert entered(CSN, CSN.stage("level2")) == "level2"


@pytest.mark.parametrize(("source", "between"), [("level1", ("level2",)), ("level2", ()), ("level3", ()), ("no", ())])
def test_a_solution_passes_what_lies_between(source: str, between: tuple[str, ...]) -> None:
    assert passed(CSN, source, Kind.resolved, Actor.agent) == between


def test_only_whom_the_regulation_allows_it_finds_a_way() -> None:
    assert passed(CSN, "level1", Kind.resolved, Actor.requester) == ()
    assert working_exits(CSN, "level1", Actor.requester) == working_exits(CSN, "no", Actor.agent) == []


def test_a_closed_ticket_may_come_back_for_ever_where_nothing_limits_it() -> None:
    without = msgspec.structs.replace(CSN, reopening=None)
    assert resumable_until(without, datetime(2026, 11, 23, tzinfo=UTC)) is None


@pytest.mark.parametrize(("at", "version"), [(0, None), (1, "1"), (4, "1"), (5, "2"), (9, "2")])
def test_the_version_that_began_last_is_in_force_whatever_was_published_since(at: int, version: str | None) -> None:
    known = in_force([(1, CSN), (10, AFTER), (5, NEXT)], at)
    assert (known["csn"].version if known else None) == version


def test_of_two_that_begin_together_the_one_published_later_is_in_force() -> None:
    assert in_force([(5, CSN), (5, NEXT)], 5)["csn"].version == "2"
