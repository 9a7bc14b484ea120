"""What the verbs take and give."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator
from servicekit.text import Text

from intake.domain.estimating import work_written
from intake.domain.ticket import Ticket

TEXT_LIMIT = 64 * 1024
Said = Annotated[Text, Field(min_length=1, max_length=TEXT_LIMIT)]
Line = Annotated[Text, Field(max_length=1000)]


class Command(BaseModel, extra="forbid"):
    """What every verb takes: a lead or admin may name the agent in whose name it is done."""

    agent: Annotated[Text | None, Field(default=None, min_length=1, max_length=100)]


class Saying(Command):
    """A verb that says something."""

    text: Said


class Solving(Saying):
    """The solution; `incidents` gives it to every open incident of a mass problem too."""

    incidents: bool = False


class Classifying(Command):
    """A category, a service or both, by id or title in either language."""

    category: Line = ""
    service: Line = ""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.category or self.service):
            raise ValueError("Name a category, a service or both.")
        return self


class Prioritizing(Command):
    """A priority, by id or title in either language, and why."""

    priority: Line
    reason: Line = ""


class Escalating(Command):
    """The working stage to go to, by id or title; none names the only one there is."""

    stage: Line = ""
    reason: Line = ""


class Estimating(Command):
    """How much working time a stage will take, and why; no stage names the one the ticket is in, or the only one."""

    stage: Line = ""
    work: Annotated[Line, AfterValidator(work_written)] = Field(examples=["20 дней"])
    reason: Annotated[Line, Field(min_length=1)]


class Ending(Command):
    """Why; `by` says whose decision it is, since regulations leave some to the requester (R1-15)."""

    reason: Line = ""
    by: Literal["agent", "requester"] = "agent"


class Closing(Ending):
    """Why; an agent who closes what is not solved names a reason or an exclusion of the regulation (R0-27)."""

    exclusion: Line = ""


class Annulling(Command):
    """Why the ticket is no matter for us: in words, and by one of the regulation's exclusions where it is one."""

    reason: Line = ""
    exclusion: Line = ""


class Left(BaseModel):
    """The ticket as the verb left it."""

    ticket: str
    number: str
    stage: str
    standing: str
    waiting: bool
    category: str
    priority: str
    service: str
    regulation: str
    estimates: dict[str, str]
    exclusion: str = Field("", description='The exclusion it was closed under, "" for none.')
    merged_into: str = Field("", description='The ticket it was put into, "" while it stands for itself.')

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """The ticket's answer."""
        return cls(
            ticket=ticket.ticket,
            number=ticket.number,
            stage=ticket.stage,
            standing=ticket.standing,
            waiting=ticket.waiting,
            category=ticket.category,
            priority=ticket.priority,
            service=ticket.service,
            regulation=ticket.regulation,
            estimates=ticket.estimates,
            exclusion=ticket.exclusion,
            merged_into=ticket.into,
        )


class Incident(BaseModel):
    """An incident of a mass problem: still open, solved with it, or refused and why."""

    ticket: str
    number: str
    outcome: Literal["open", "resolved", "refused"]
    detail: str = ""


class Solved(Left):
    """The ticket as the solution left it, and the incidents of a mass problem."""

    incidents: list[Incident] = []

    @classmethod
    def with_incidents(cls, ticket: Ticket, incidents: list[Incident]) -> Self:
        """The ticket's answer with those of its incidents."""
        return cls(**Left.of(ticket).model_dump(), incidents=incidents)
