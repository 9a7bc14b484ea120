"""The mail catcher's application: pages, JSON API and knobs over one mailbox."""

from fastapi import FastAPI

from reglament.doubles.frame import dress
from reglament.doubles.mail import api, views
from reglament.doubles.mail.catch import Catch
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox


def create(mailbox: Mailbox, faults: Faults) -> FastAPI:
    """The application over one mailbox."""
    app = FastAPI(title="Reglament mail double", docs_url=None, redoc_url=None)
    app.state.catch = Catch(mailbox, faults)
    dress(app)
    app.include_router(views.router)
    app.include_router(api.router)
    return app
