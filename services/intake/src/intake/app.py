"""Intake, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.app import Lifespan, create_app
from servicekit.hosting import Host, Hosting
from servicekit.settings import key_bytes
from servicekit.tokens import ThreadTokens

from intake.accepting import Reception
from intake.calls import doors, telling
from intake.house import House
from intake.http import channels, exclusions, messages, migrations, quarantine, regulations, tickets, ties, verbs, work
from intake.leads import Leads
from intake.numbers import Numbers
from intake.publishing import publish_all
from intake.reactor import IntakeReactor
from intake.reading.pool import MailReader
from intake.settings import MAIL_BYTES, IntakeSettings
from intake.state import State, pinned

DOORS = (
    messages, channels, tickets, verbs, ties, work, exclusions, regulations, migrations, quarantine, telling, doors,
)  # fmt: skip


def create() -> FastAPI:
    """The application, from the environment."""
    settings = IntakeSettings()

    async def publish(host: Host[State]) -> None:
        await publish_all(host, settings.regulations)

    hosting = Hosting(settings, _reactor, publish, lacking=_lacking)
    return create_app(
        "intake",
        description="Takes messages of every channel in and records what people say and do about tickets.",
        settings=settings,
        routers=[each.router for each in DOORS],
        lifespan=_living(hosting, settings),
        ready=hosting.ready,
        straight={("POST", "/messages"): messages.messages},
        body_limits={f"/channels/{channel}": MAIL_BYTES for channel in settings.mail_channels},
    )


def _lacking(state: State) -> str:
    return "" if state.regulations else "no regulation is published yet, so no message can be taken in"


def _reactor(log: PostgresLog) -> IntakeReactor:
    return IntakeReactor(log)


def _living(hosting: Hosting[State], settings: IntakeSettings) -> Lifespan:
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        async with hosting.lifespan(app):
            house, numbers = _house(app.state.host, settings)
            app.state.house = house
            try:
                yield
            finally:
                await numbers.close()
                await house.mail.close()

    return living


def _house(host: Host[State], settings: IntakeSettings) -> tuple[House, Numbers]:
    secret = settings.token_secret
    tokens = ThreadTokens(key_bytes(secret)) if secret else None
    leads = Leads(host.log, tokens, lambda key: pinned(host.state.regulations, key))
    numbers = Numbers(host.log.pool)
    reception = Reception(host.log, numbers, leads, settings.own_addresses)
    return House(host, settings, reception, MailReader()), numbers
