"""What programs may do with the conversations, and the faults that they may order."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from msgspec import to_builtins
from pydantic import BaseModel, Field

from reglament.doubles.telegram.conversation import Chat
from reglament.doubles.telegram.double import Asked
from reglament.doubles.telegram.faults import Faults

router = APIRouter()
PersonId = Annotated[int, Path(gt=0, lt=2**52, description="as large as ids of people may be in Telegram")]


class Said(BaseModel):
    """What an invented person writes."""

    text: str = Field(min_length=1, max_length=4096)
    name: str = Field("Анна Пример", min_length=1, max_length=60)
    language: str = Field("ru", pattern="^[a-z]{2}$")


class Pressed(BaseModel):
    """Which button of which message a person presses."""

    message_id: int
    data: str = Field(min_length=1, max_length=64)


@router.get("/api/chats")
def every(double: Asked) -> list[dict[str, object]]:
    """The conversations, the latest first, without their messages."""
    return [described(chat) for chat in double.chats.recent()]


@router.get("/api/chats/{number}", response_model=None)
def one(number: int, double: Asked) -> dict[str, object] | Response:
    """One conversation with its messages; 404 if there is none."""
    chat = double.chats.find(number)
    return described(chat) | {"messages": to_builtins(chat.lines)} if chat else Response(status_code=404)


@router.post("/api/chats/{number}/messages")
async def write(number: PersonId, said: Said, double: Asked) -> dict[str, int]:
    """Write as the person of that id, who is invented on the spot if need be."""
    chat = double.chats.opened(number, said.name, said.language)
    return {"message_id": (await double.people.write(chat, said.text)).id}


@router.post("/api/chats/{number}/press")
async def press(number: int, pressed: Pressed, double: Asked) -> Response:
    """Press a button; 404 if there is no such button."""
    chat = double.chats.find(number)
    there = chat and await double.people.press(chat, pressed.message_id, pressed.data)
    return Response(status_code=204 if there else 404)


@router.get("/_ctl")
def ordered(double: Asked) -> Faults:
    """The faults still to come."""
    return double.faults


@router.post("/_ctl")
def order(wanted: Faults, double: Asked) -> Faults:
    """Set the faults; what is not named becomes harmless."""
    return double.faults.become(wanted)


@router.delete("/_ctl")
def heal(double: Asked) -> Faults:
    """No faults any more."""
    return double.faults.become(Faults.model_validate({}))


@router.post("/_ctl/chats/{number}/blocked")
async def block(number: int, blocked: bool, double: Asked) -> Response:
    """Let a person block the bot, or no longer; 404 if there is no such person."""
    if not (chat := double.chats.find(number)):
        return Response(status_code=404)
    double.chats.block(chat, blocked)
    return Response(status_code=204)


def described(chat: Chat) -> dict[str, object]:
    """A conversation in a few words."""
    return {"id": chat.id, "name": chat.name, "language": chat.language, "blocked": chat.blocked}
