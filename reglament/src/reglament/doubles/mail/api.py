"""What programs read of the mails caught, and the faults that they may order."""

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from reglament.doubles.mail.catch import Asked
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Caught
from reglament.doubles.mail.reading import read

router = APIRouter()


class MailSummary(BaseModel):
    """One mail in a list; `at` is UTC, `to` the envelope's recipients."""

    id: int
    at: str
    sender: str
    to: list[str]
    subject: str


class MailRead(MailSummary):
    """One mail with its decoded headers and texts."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[str]


@router.get("/api/mails")
def mails(catch: Asked, to: str = Query("", description="only mails to exactly this address")) -> list[MailSummary]:
    """The mails, newest first."""
    return [MailSummary.model_validate(summary(caught)) for caught in catch.mailbox.newest(to)]


@router.get("/api/mails/{number}", response_model=MailRead)
def mail(number: int, catch: Asked) -> MailRead | Response:
    """One mail, decoded; 404 if it is not here any more."""
    caught = catch.mailbox.find(number)
    return detailed(caught) if caught else Response(status_code=404)


@router.delete("/api/mails")
async def clear(catch: Asked) -> dict[str, int]:
    """Delete all mails."""
    return {"deleted": catch.mailbox.clear()}


@router.get("/_ctl")
def ordered(catch: Asked) -> Faults:
    """The faults still to come."""
    return catch.faults


@router.post("/_ctl")
def order(wanted: Faults, catch: Asked) -> Faults:
    """Set the faults; what is not named becomes harmless."""
    return catch.faults.become(wanted)


@router.delete("/_ctl")
def heal(catch: Asked) -> Faults:
    """No faults any more."""
    return catch.faults.become(Faults.model_validate({}))


def summary(caught: Caught) -> dict[str, object]:
    """A mail in a few words."""
    kept = {"sender": caught.sender, "to": caught.to, "subject": caught.headline.subject}
    return {"id": caught.id, "at": caught.at.isoformat()} | kept


def detailed(caught: Caught) -> MailRead:
    """A mail in full."""
    mail = read(caught.raw)
    return MailRead.model_validate(
        summary(caught)
        | {
            "headers": mail.headers,
            "text": mail.text,
            "html": mail.html,
            "attachments": [attachment.name for attachment in mail.attachments],
        }
    )
