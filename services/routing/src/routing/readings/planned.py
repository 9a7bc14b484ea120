"""A roster as JSON: one shift an object, times with their zone."""

from datetime import UTC
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, model_validator

from routing.domain.roster import Shift
from routing.readings.finding import MOST, Finding
from routing.readings.moments import FIRST, LAST
from routing.readings.names import ID


class Planned(BaseModel):
    """One shift; both times with their zone, at most 48 hours apart."""

    agent: Annotated[str, Field(pattern=f"^{ID.pattern}$")]
    starts: AwareDatetime
    ends: AwareDatetime

    @model_validator(mode="after")
    def can_be_worked(self) -> Self:
        """A shift of our time that ends after it starts; somebody has to sleep."""
        if not (FIRST < self.starts.year < LAST and FIRST < self.ends.year < LAST):
            raise ValueError(f"write years between {FIRST} and {LAST}")
        if self.shift.fault:
            raise ValueError(self.shift.fault)
        return self

    @property
    def shift(self) -> Shift:
        """The same in UTC."""
        return Shift(self.starts.astimezone(UTC), self.ends.astimezone(UTC), self.agent)


SHIFTS: TypeAdapter[list[Planned]] = TypeAdapter(Annotated[list[Planned], Field(max_length=MOST)])


def read_json(content: bytes) -> Finding:
    """The shifts of a list of objects; raises pydantic's ValidationError."""
    return Finding(frozenset(each.shift for each in SHIFTS.validate_json(content)))
