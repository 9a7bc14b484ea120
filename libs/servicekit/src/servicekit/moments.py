"""Moments as people and programs send them: of our time, so that nothing reckoned from them runs out of the years."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

FIRST, LAST = 2000, 2100
YEARS = {"x-years": [FIRST, LAST]}


def of_our_time(at: datetime) -> datetime:
    """The same in UTC; ValueError outside of the years 2000 to 2100."""
    if not FIRST <= at.year <= LAST:
        raise ValueError(f"write a year between {FIRST} and {LAST}")
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(of_our_time), Field(json_schema_extra=YEARS)]
"""A time with its zone, made UTC; what every door takes its times as, and its description says so in `x-years`."""
