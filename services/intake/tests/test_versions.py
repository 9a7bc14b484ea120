"""Which version of which regulation: in force, pinned, serving a channel, in nobody's way."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from contracts import Meta
from eventlog.postgres import PostgresLog
from hypothesis import given as forall
from hypothesis import strategies as st
from intake.publishing import NotPublishableError, clash, publish, published, regulation_of
from intake.state import Version, in_force, ordered, pinned, serving
from regulation.document import Regulation
from regulation.term import UnknownTermError
from testkit.streams import NINE

TODAY, DAY = NINE.date(), timedelta(days=1)


def edition(csn: Regulation, number: int, effective: date, at: datetime = NINE) -> Version:
    regulation = msgspec.structs.replace(csn, version=str(number), effective_from=effective)
    since = datetime(effective.year, effective.month, effective.day, tzinfo=UTC)
    return Version(regulation=regulation, hash="", effective_from=since, published_at=at, number=number)


def other(csn: Regulation, *channels: str, name: str = "north", effective: date = TODAY) -> Regulation:
    mine = tuple(msgspec.structs.replace(csn.channels[-1], id=each) for each in channels)
    return msgspec.structs.replace(csn, name=name, channels=mine, effective_from=effective)


def test_a_version_is_in_force_from_its_date_or_its_publication_whichever_is_later(csn: Regulation) -> None:
    """R0-38, D2."""
    early, late = edition(csn, 1, TODAY - 9 * DAY), edition(csn, 2, TODAY + DAY)
    assert (early.since, late.since) == (NINE, datetime.combine(TODAY + DAY, datetime.min.time(), UTC))
    versions = ordered([late, early])
    assert in_force(versions, NINE - timedelta(seconds=1)) is None
    assert in_force(versions, late.since - timedelta(seconds=1)) is early
    assert in_force(versions, late.since) is late


@forall(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 5)), min_size=1, max_size=6), st.integers(-6, 11))
def test_the_one_in_force_began_last_of_those_that_have_begun(
    csn: Regulation, days: list[tuple[int, int]], now: int
) -> None:
    versions = [edition(csn, n, TODAY + date * DAY, NINE + at * DAY) for n, (date, at) in enumerate(days, 1)]
    found = in_force(ordered(versions), NINE + now * DAY)
    begun = [(each.since, each.number) for each in versions if each.since <= NINE + now * DAY]
    assert (found and (found.since, found.number)) == (max(begun) if begun else None)


def test_a_ticket_keeps_exactly_its_version(csn: Regulation) -> None:
    versions = {"csn": ordered([edition(csn, 1, TODAY), edition(csn, 2, TODAY)])}
    found = [pinned(versions, key) for key in ("csn@1", "csn@2", "csn", "csn@3", "x@1", "")]
    assert [each and each.version for each in found] == ["1", "2", "2", None, None, None]


def test_a_channel_has_the_regulation_that_names_it(csn: Regulation) -> None:
    """X-01."""
    north = edition(other(csn, "north-api"), 1, TODAY)
    regulations = {"csn": [edition(csn, 1, TODAY)], "north": [north]}
    assert serving(regulations, "north-api", "csn", NINE) is north.regulation
    assert serving(regulations, "email", "csn", NINE).name == "csn"
    with pytest.raises(UnknownTermError, match="api, cabinet, email, north-api, telegram"):
        serving(regulations, "fax", "csn", NINE)


def test_a_channel_of_a_version_to_come_serves_nobody_yet(csn: Regulation) -> None:
    regulations = {"north": [edition(other(csn, "north-api"), 1, TODAY + DAY)]}
    with pytest.raises(UnknownTermError):
        serving(regulations, "north-api", "csn", NINE)
    assert serving(regulations, "north-api", "csn", NINE + 2 * DAY).name == "north"


def test_a_channel_that_another_regulation_has_or_will_have_is_taken(csn: Regulation) -> None:
    regulations = {"csn": ordered([edition(csn, 1, TODAY), edition(other(csn, "fax", name="csn"), 2, TODAY + 5 * DAY)])}
    assert "'email' belongs to csn@1" in clash(regulations, other(csn, "north-api", "email"), NINE)
    assert "'fax' belongs to csn@2" in clash(regulations, other(csn, "fax"), NINE)
    assert clash(regulations, other(csn, "north-api"), NINE) == ""


def test_a_channel_that_is_given_up_by_then_is_free(csn: Regulation) -> None:
    regulations = {"csn": ordered([edition(csn, 1, TODAY), edition(other(csn, "fax", name="csn"), 2, TODAY + 5 * DAY)])}
    assert clash(regulations, other(csn, "email", effective=TODAY + 5 * DAY), NINE) == ""
    assert "'email'" in clash(regulations, other(csn, "email", effective=TODAY + 4 * DAY), NINE)


async def test_a_published_version_never_changes(log: PostgresLog, csn: Regulation) -> None:
    first = await publish(log, csn, NINE, Meta())
    again = await publish(log, csn, NINE + DAY, Meta())
    with pytest.raises(NotPublishableError, match=r"csn@1 is published already .* new version") as refused:
        await publish(log, msgspec.structs.replace(csn, warnings=(60,)), NINE, Meta())
    assert (again, refused.value.reason) == (first, "version-taken")
    assert len(await published(log, "csn")) == 1


async def test_an_old_version_stays_and_may_be_said_again(log: PostgresLog, csn: Regulation) -> None:
    """D2."""
    first = await publish(log, csn, NINE, Meta())
    await publish(log, msgspec.structs.replace(csn, version="2"), NINE + DAY, Meta())
    assert await publish(log, csn, NINE + 2 * DAY, Meta()) == first
    assert (await regulation_of(log, "csn@1"), await regulation_of(log, "csn@3")) == (csn, None)
