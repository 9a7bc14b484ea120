"""Csi, put together."""

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.app import create_app
from servicekit.hosting import Hosting, MissingSettingError
from servicekit.settings import key_bytes

from csi.http import ROUTERS
from csi.links import Links
from csi.reactor import CsiReactor
from csi.settings import CsiSettings


def create() -> FastAPI:
    """The application, from the environment; MissingSettingError without the secret that signs rating links."""
    settings = CsiSettings()
    if settings.token_secret is None:
        raise MissingSettingError("set REGLAMENT_TOKEN_SECRET")
    links = Links(key_bytes(settings.token_secret), settings.public_url)

    def reactor(_: PostgresLog) -> CsiReactor:
        return CsiReactor(links)

    hosting = Hosting(settings, reactor)
    app = create_app(
        "csi",
        description="Asks once per resolution how it was, and reports what people answered.",
        settings=settings,
        routers=ROUTERS,
        lifespan=hosting.lifespan,
        ready=hosting.ready,
    )
    app.state.links = links
    return app
