"""A preview lets happen what intake lets happen, by the same regulation's transitions, and refuses the rest."""

from collections.abc import Callable
from typing import Any

import pytest
from servicekit.problems import Malformed
from sla.preview import Preview, preview

Make = Callable[..., Any]
Document = dict[str, Any]
Step = dict[str, object]


def at(local: str) -> str:
    return f"2026-03-{local}+03:00"


def step(local: str, event: str, **more: object) -> Step:
    return {"at": at(local), "event": event, **more}


def clocks(regulation: Any, *steps: Step, **ticket: str) -> dict[str, Any]:  # noqa: ANN401  # Regulation
    body = {"regulation": "csn", "ticket": ticket, "timeline": [step("16T10:00", "opened"), *steps]}
    return {each.clock: each for each in preview(Preview.model_validate(body), {"csn": regulation}).clocks}


def as_written(_: Document) -> None:
    """CSN as it is."""


def without_reopened(document: Document) -> None:
    """A solution is taken back into work, by a way that no command goes."""
    document["stages"] = [each for each in document["stages"] if each["id"] != "reopened"]
    ways = [each for each in document["transitions"] if "reopened" not in (each["from"], each["to"])]
    document["transitions"] = [*ways, {"from": "resolved", "to": "level2", "by": ["requester"]}]


def within_a_day(document: Document) -> None:
    document["reopening"] = {"within": "1 день", "calendar": "office"}


def picky(document: Document) -> None:
    """Level 3 takes defects only, level 2 solves none of the project's questions."""
    for stage in document["stages"]:
        stage.update({"level3": {"takes": ["defect"]}, "level2": {"solves": ["defect"]}}.get(stage["id"], {}))


REOPENED = [step("16T11:00", "resolved"), step("16T12:00", "closed"), step("27T10:00", "reopened")]


@pytest.mark.parametrize(
    ("change", "steps", "said"),
    [
        (as_written, [step("16T11:00", "escalated", stage="level3")], "only go to"),
        (as_written, [step("16T11:00", "closed")], "only go to"),
        (as_written, [step("16T11:00", "resolved"), step("16T12:00", "escalated")], "only go to"),
        (without_reopened, [step("16T11:00", "resolved"), step("16T12:00", "reopened")], "cannot be reopened"),
        (without_reopened, [step("16T11:00", "resolved"), step("16T12:00", "reopened", stage="level2")], "cannot lead"),
        (within_a_day, REOPENED, "within 1 день"),
        (picky, [step("16T11:00", "escalated"), step("16T12:00", "escalated")], "takes only defect"),
        (picky, [step("16T11:00", "escalated"), step("16T12:00", "resolved")], "hands tickets"),
    ],
)
def test_what_intake_refuses_is_refused_and_the_step_is_named(
    changed_of: Make, change: Make, steps: list[Step], said: str
) -> None:
    with pytest.raises(Malformed, match=said) as refused:
        clocks(changed_of(change), *steps)
    assert f"/timeline/{len(steps)}/" in str(refused.value.members["errors"])


def test_0009_a_solution_at_the_first_level_passes_through_the_second(changed_of: Make) -> None:
    seen = clocks(changed_of(as_written), step("16T10:20", "resolved"))
    assert [(name, each.state, each.worked_seconds) for name, each in seen.items()] == [
        ("level1", "met", 1200),
        ("level2", "met", 0),
        ("auto-close", "running", 0),
    ]


@pytest.mark.parametrize("change", [as_written, within_a_day])
def test_a_12_a_closed_ticket_is_taken_up_again_within_its_window(changed_of: Make, change: Make) -> None:
    again = [*REOPENED[:2], step("17T12:00", "reopened"), step("17T13:00", "resolved")]
    assert clocks(changed_of(change), *again)["auto-close"].state == "running"


def test_a_move_to_where_the_ticket_is_says_nothing(changed_of: Make) -> None:
    here = [step("16T10:20", "escalated"), step("16T10:30", "escalated", stage="level2")]
    seen = clocks(changed_of(as_written), *here, step("16T11:20", "agent_replied"))
    assert (list(seen), seen["level2"].worked_seconds) == (["level1", "level2"], 3600)
