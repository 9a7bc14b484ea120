"""What the mail catcher's pages and API work on."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox


@dataclass(frozen=True)
class Catch:
    """The mails caught and the faults ordered."""

    mailbox: Mailbox
    faults: Faults


def catch(request: Request) -> Catch:
    """The mailbox and faults behind a request."""
    found = request.app.state.catch
    assert isinstance(found, Catch)
    return found


Asked = Annotated[Catch, Depends(catch)]
