"""The messenger page and what its forms do; each form leads back to the conversation."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from reglament.doubles.frame import language, page
from reglament.doubles.telegram import pages
from reglament.doubles.telegram.api import Pressed, Said
from reglament.doubles.telegram.conversation import Chat
from reglament.doubles.telegram.double import Asked, Double
from reglament.doubles.telegram.labels import LABELS

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, double: Asked) -> HTMLResponse:
    """All conversations."""
    return shown(request, double, None)


@router.get("/chats/{number}", response_model=None)
def talk(number: int, request: Request, double: Asked) -> Response:
    """One conversation, or the list if there is no such one."""
    chosen = double.chats.find(number)
    return shown(request, double, chosen) if chosen else RedirectResponse("/", status_code=303)


@router.post("/chats")
async def begin(request: Request, double: Asked) -> RedirectResponse:
    """A new person writes."""
    try:
        said = Said.model_validate(await form(request))
    except ValidationError:
        return RedirectResponse("/", status_code=303)
    chat = double.chats.opened(double.chats.new_id(), said.name, said.language)
    await double.people.write(chat, said.text)
    return back(chat.id)


@router.post("/chats/{number}")
async def write(number: int, request: Request, double: Asked) -> RedirectResponse:
    """A person writes on."""
    text = (await form(request)).get("text", "").strip()
    if (chat := double.chats.find(number)) and text:
        await double.people.write(chat, text[:4096])
    return back(number)


@router.post("/chats/{number}/press")
async def press(number: int, request: Request, double: Asked) -> RedirectResponse:
    """A person presses a button."""
    try:
        pressed = Pressed.model_validate(await form(request))
    except ValidationError:
        return back(number)
    if chat := double.chats.find(number):
        await double.people.press(chat, pressed.message_id, pressed.data)
    return back(number)


@router.post("/chats/{number}/block")
async def block(number: int, double: Asked) -> RedirectResponse:
    """A person blocks the bot, or no longer."""
    if chat := double.chats.find(number):
        double.chats.block(chat, not chat.blocked)
    return back(number)


def shown(request: Request, double: Double, chosen: Chat | None) -> HTMLResponse:
    """The page with one conversation open, or none."""
    words = LABELS[language(request)]
    body = pages.messenger(double.chats.recent(), chosen, note(double, words), words)
    return page(chosen.name if chosen else words["title"], body, language(request), "wide")


def note(double: Double, words: pages.Words) -> str:
    """What a person should know before wondering: faults switched on, nobody listening."""
    changed = double.faults.model_dump(exclude_defaults=True)
    if changed:
        return f"{words['faults']}: {', '.join(f'{name} = {value}' for name, value in changed.items())}"
    return "" if double.courier.webhook else words["nowhere"]


async def form(request: Request) -> dict[str, str]:
    """The fields of a submitted form."""
    text = (await request.body()).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(text).items()}


def back(number: int) -> RedirectResponse:
    """To the conversation."""
    return RedirectResponse(f"/chats/{number}", status_code=303)
