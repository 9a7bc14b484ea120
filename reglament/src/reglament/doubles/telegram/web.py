"""The application: the Bot API, the page, the JSON API and the knobs over one double."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI

from reglament.doubles.frame import dress
from reglament.doubles.telegram import api, forms, http_api
from reglament.doubles.telegram.bot import Bot
from reglament.doubles.telegram.chats import Chats
from reglament.doubles.telegram.courier import Courier, Webhook
from reglament.doubles.telegram.double import Double
from reglament.doubles.telegram.faults import Faults
from reglament.doubles.telegram.journal import Journal
from reglament.doubles.telegram.people import People

FIRST_WAIT = timedelta(seconds=1)
KEPT = "chats.jsonl"


def create(
    webhook: Webhook | None = None, token: str = "", first_wait: timedelta = FIRST_WAIT, folder: Path | None = None
) -> FastAPI:
    """The application; `first_wait` is the first pause before an update is delivered again.

    With a folder the conversations are there again after a restart, and what was on its way goes on.
    """
    chats = Chats(int(datetime.now(UTC).timestamp()), Journal(folder / KEPT) if folder else None)
    double = assembled(chats, webhook, token, first_wait)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await double.people.resume(datetime.now(UTC))
        yield
        await double.courier.close()

    app = FastAPI(title="Reglament Telegram double", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.double = double
    dress(app)
    for router in (http_api.router, forms.router, api.router):
        app.include_router(router)
    return app


def assembled(chats: Chats, webhook: Webhook | None, token: str, first_wait: timedelta) -> Double:
    """The double over these conversations."""
    faults = Faults.model_validate({})
    courier = Courier(faults, first_wait, webhook)
    return Double(chats, courier, faults, People(chats, courier), Bot(chats, courier), token)
