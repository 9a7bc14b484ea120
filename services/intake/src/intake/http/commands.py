"""What the verbs take and give."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field
from servicekit.text import Text

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


class Classifying(Command):
    """A category, by id or title in either language."""

    category: Line


class Prioritizing(Command):
    """A priority, by id or title in either language, and why."""

    priority: Line
    reason: Line = ""


class Escalating(Command):
    """The working stage to go to, by id or title; none names the only one there is."""

    stage: Line = ""
    reason: Line = ""


class Ending(Command):
    """Why; `by` says whose decision it is, since regulations leave some to the requester (R1-15)."""

    reason: Line = ""
    by: Literal["agent", "requester"] = "agent"


class Annulling(Command):
    """Why the ticket is no matter for us."""

    reason: Line = ""


class Left(BaseModel):
    """The ticket as the verb left it."""

    ticket: str
    number: str
    stage: str
    standing: str
    waiting: bool
    category: str
    priority: str

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
        )
