"""Moments as people send them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

FIRST, LAST = 2000, 2100


def _of_our_time(at: datetime) -> datetime:
    if not FIRST < at.year < LAST:
        raise ValueError(f"write a year between {FIRST} and {LAST}")
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
"""A time with its zone, made UTC."""
