"""A hypothetical ticket and what happens to it, as `POST /preview` takes them."""

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, Field
from servicekit.moments import Moment
from servicekit.text import Text

Happening = Literal[
    "opened",
    "agent_replied",
    "requester_replied",
    "waiting",
    "resumed",
    "classified",
    "prioritized",
    "estimated",
    "escalated",
    "returned",
    "resolved",
    "reopened",
    "closed",
    "annulled",
]


class Asked(BaseModel):
    """The ticket as declared: terms by id or by title; a `type` alone means the first category of that type.

    What a regulation does not look at is taken and ignored; `by: agent` is a ticket that staff entered.
    """

    category: Text | None = None
    priority: Text | None = None
    channel: Text | None = None
    service: Text | None = None
    type: Text | None = None
    stage: Text | None = None
    by: Literal["requester", "agent", "system"] = "requester"


class Step(BaseModel):
    """What happens when; `stage` (or its number) for a transition, else the only or the next one is meant.

    `work` is an estimate as written ("20 дней"); `reason` makes a reopening a message that wants an answer; `sent_at`
    is when the first message was sent, for channels that count from there.
    """

    at: Moment
    event: Happening
    category: Text | None = None
    priority: Text | None = None
    service: Text | None = None
    type: Text | None = None
    stage: Annotated[Text | int | None, Field(validation_alias=AliasChoices("stage", "to", "level"))] = None
    automatic: bool = False
    work: Text | None = None
    reason: Text | None = None
    sent_at: Moment | None = None
