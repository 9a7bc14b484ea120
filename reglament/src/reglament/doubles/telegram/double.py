"""The double put together: conversations, people, courier, bot and faults."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from reglament.doubles.telegram.bot import Bot
from reglament.doubles.telegram.chats import Chats
from reglament.doubles.telegram.courier import Courier
from reglament.doubles.telegram.faults import Faults
from reglament.doubles.telegram.people import People


@dataclass(frozen=True)
class Double:
    """Everything that one running double consists of."""

    chats: Chats
    courier: Courier
    faults: Faults
    people: People
    bot: Bot
    token: str


def double(request: Request) -> Double:
    """The double behind a request."""
    found = request.app.state.double
    assert isinstance(found, Double)
    return found


Asked = Annotated[Double, Depends(double)]
