"""A roster as JSON: one shift an object, times with their zone."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, TypeAdapter, model_validator
from servicekit.moments import Moment

from routing.domain.roster import Shift
from routing.readings.finding import MOST, Finding
from routing.readings.names import ID


class Planned(BaseModel):
    """One shift; both times with their zone, at most 48 hours apart."""

    agent: Annotated[str, Field(pattern=f"^{ID.pattern}$")]
    starts: Moment
    ends: Moment

    @model_validator(mode="after")
    def can_be_worked(self) -> Self:
        """A shift that ends after it starts; somebody has to sleep."""
        if self.shift.fault:
            raise ValueError(self.shift.fault)
        return self

    @property
    def shift(self) -> Shift:
        """The same in UTC."""
        return Shift(self.starts, self.ends, self.agent)


SHIFTS: TypeAdapter[list[Planned]] = TypeAdapter(Annotated[list[Planned], Field(max_length=MOST)])


def read_json(content: bytes) -> Finding:
    """The shifts of a list of objects; raises pydantic's ValidationError."""
    return Finding(frozenset(each.shift for each in SHIFTS.validate_json(content)))
