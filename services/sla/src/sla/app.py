"""Sla, put together."""

import asyncio

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.app import create_app
from servicekit.hosting import Host, Hosting

from sla.figures import Figures, shown
from sla.http import router
from sla.reactor import SlaReactor
from sla.settings import SlaSettings
from sla.state import State


def create() -> FastAPI:
    """The application, from the environment."""
    settings = SlaSettings()
    hosting = Hosting(settings, _reactor, _show_figures)
    return create_app(
        "sla",
        description="Decides by when: clocks of every ticket, warnings, breaches, and why.",
        settings=settings,
        routers=[router],
        lifespan=hosting.lifespan,
        ready=hosting.ready,
    )


def _reactor(_: PostgresLog) -> SlaReactor:
    return SlaReactor()


async def _show_figures(host: Host[State]) -> None:
    with shown(Figures(lambda: host.state)):
        await asyncio.Event().wait()
