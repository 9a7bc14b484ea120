"""Whatever timeline is asked, under whatever regulation that ships: clocks, or a 422 that names the step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.document import Regulation
from regulation.load import load
from servicekit.problems import Malformed
from sla.preview import Preview, preview
from sla.steps import Happening

Document = dict[str, Any]
START = datetime(2026, 3, 1, tzinfo=UTC)
FAR = {-1: datetime(2000, 1, 1, tzinfo=UTC), -2: datetime(2100, 12, 31, tzinfo=UTC)}
FILES = sorted((Path(__file__).parents[3] / "regulations").glob("*.yaml"))
SHIPPED = [path for path in FILES if "\nmixin:" not in path.read_text(encoding="utf-8")]
WORDS = ["nonsense", "", "level1", "level3", "resolved", "Закрыт", "1 уровень (Классификация)", "20 дней", "mail"]


def terms(regulation: Regulation) -> dict[str, st.SearchStrategy[object]]:
    """Words for each field: real ones, and others."""

    def of(*names: str) -> st.SearchStrategy[object]:
        return st.none() | st.sampled_from([*names * 8, *WORDS])

    return {
        "category": of(*(name for each in regulation.categories for name in each.names)),
        "priority": of(*(name for each in regulation.priorities for name in each.names)),
        "channel": of(*(each.id for each in regulation.channels)),
        "service": of(*(each.id for each in regulation.services)),
        "type": of(*(each.title.ru for each in regulation.ticket_types)),
        "stage": of(*(each.id for each in regulation.stages)) | st.integers(-1, 9),
        "work": of("1 час", "40 дней", "7 недель"),
        "automatic": st.booleans(),
        "sent_at": st.none() | st.just("2026-03-01T10:00:00Z"),
    }


def timelines(regulation: Regulation) -> st.SearchStrategy[Document]:
    found = terms(regulation)
    given_at = st.integers(-2, 60 * 86_400).map(lambda later: FAR.get(later, START + timedelta(seconds=later)))
    events = st.sampled_from([each for each in get_args(Happening) if each != "opened"] * 5 + ["opened"])
    step = st.fixed_dictionaries({"at": given_at.map(datetime.isoformat), "event": events}, optional=found)
    first = st.fixed_dictionaries({"at": st.just("2026-02-28T10:00:00Z"), "event": st.just("opened")}, optional=found)
    ticket = {each: found[each] for each in ("category", "priority", "channel", "service", "type")}
    as_of = st.none() | given_at.map(datetime.isoformat)
    return st.fixed_dictionaries(
        {
            "ticket": st.fixed_dictionaries({}, optional=ticket),
            "timeline": st.builds(lambda one, more: [one, *more], first, st.lists(step, max_size=8)),
        },
        optional={"as_of": as_of},
    )


def clear(regulation: Regulation, body: Document) -> bool:
    """Clocks, or a problem that points at what is to be corrected."""
    try:
        found = preview(Preview.model_validate(body), {"csn": regulation})
    except Malformed as refused:
        return all(each["pointer"].startswith("/") for each in refused.members["errors"])
    return all(each.due_at or each.state in ("paused", "cancelled") for each in found.clocks)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_any_timeline_gives_clocks_or_names_the_step(path: Path) -> None:
    regulation = load(path)

    @settings(max_examples=20, deadline=None)
    @given(body=timelines(regulation))
    def ask(body: Document) -> None:
        assert clear(regulation, body)

    ask()


def test_any_timeline_gives_clocks_or_names_the_step_where_metrics_are_promised(
    regulation_of: Callable[..., Regulation],
) -> None:
    regulation = regulation_of()

    @settings(max_examples=20, deadline=None)
    @given(body=timelines(regulation))
    def ask(body: Document) -> None:
        assert clear(regulation, body)

    ask()
