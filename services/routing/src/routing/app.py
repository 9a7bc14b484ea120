"""Routing, put together."""

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.app import create_app
from servicekit.hosting import Hosting

from routing.http import ROUTERS
from routing.reactor import RoutingReactor
from routing.settings import RoutingSettings


def create() -> FastAPI:
    """The application, from the environment."""
    settings = RoutingSettings()
    hosting = Hosting(settings, _reactor)
    return create_app(
        "routing",
        description="Decides who gets a ticket, in turn among those who are there, and says why.",
        settings=settings,
        routers=ROUTERS,
        lifespan=hosting.lifespan,
        ready=hosting.ready,
    )


def _reactor(_: PostgresLog) -> RoutingReactor:
    return RoutingReactor()
