"""What people look at: the list, one mail, and its HTML in quarantine."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reglament.doubles.frame import language, page
from reglament.doubles.mail import pages
from reglament.doubles.mail.catch import Asked
from reglament.doubles.mail.labels import LABELS
from reglament.doubles.mail.reading import read

SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
)
router = APIRouter(include_in_schema=False)


@router.get("/")
def inbox(request: Request, catch: Asked) -> HTMLResponse:
    """All mails, newest first."""
    words = LABELS[language(request)]
    return page(words["title"], pages.inbox(catch.mailbox.newest(), catch.faults, words), language(request))


@router.post("/clear")
async def clear(catch: Asked) -> RedirectResponse:
    """Delete all mails and go back to the list."""
    catch.mailbox.clear()
    return RedirectResponse("/", status_code=303)


@router.get("/mails/{number}")
def letter(number: int, request: Request, catch: Asked) -> HTMLResponse:
    """One mail, or a word that it is gone."""
    words = LABELS[language(request)]
    caught = catch.mailbox.find(number)
    body = pages.letter(caught, words) if caught else pages.gone(words)
    answer = page(words["title"], body, language(request))
    answer.status_code = 200 if caught else 404
    return answer


@router.get("/mails/{number}/html")
def html(number: int, catch: Asked) -> HTMLResponse:
    """The HTML form under a policy that forbids scripts and everything remote; links open beside it."""
    caught = catch.mailbox.find(number)
    body = read(caught.raw).html if caught else ""
    headers = {"Content-Security-Policy": SANDBOX, "X-Content-Type-Options": "nosniff"}
    return HTMLResponse(f'<!DOCTYPE html><base target="_blank">{body}', headers=headers)


@router.get("/mails/{number}/raw")
def raw(number: int, catch: Asked) -> Response:
    """The bytes as they came, as a file."""
    if not (caught := catch.mailbox.find(number)):
        return Response(status_code=404)
    headers = {"Content-Disposition": f'attachment; filename="mail-{number}.eml"'}
    return Response(caught.raw, headers=headers, media_type="message/rfc822")
