from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError
from servicekit.moments import Moment

MOMENT = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "written", ["2026-03-02T12:00:00+03:00", "2000-01-01T00:00:00+14:00", "2100-12-31T23:59-12:00"]
)
def test_a_moment_of_our_time_is_made_utc(written: str) -> None:
    found = MOMENT.validate_python(written)

    assert (found, found.tzinfo) == (datetime.fromisoformat(written), UTC)


@pytest.mark.parametrize(
    "written",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z"],
)
def test_a_moment_of_another_time_is_refused_with_the_years(written: str) -> None:
    with pytest.raises(ValidationError, match="between 2000 and 2100"):
        MOMENT.validate_python(written)


def test_its_description_says_the_years() -> None:
    assert MOMENT.json_schema()["x-years"] == [2000, 2100]
