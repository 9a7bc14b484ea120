"""What intake's doors have at hand while the service runs."""

from typing import Annotated, NamedTuple

from eventlog.postgres import PostgresLog
from fastapi import Depends, Request
from regulation.document import Regulation
from regulation.term import UnknownTermError
from servicekit.hosting import Host
from servicekit.problems import NotFound, Unavailable

from intake.accepting import Reception
from intake.reading.pool import MailReader
from intake.settings import IntakeSettings
from intake.state import State, serving


class House(NamedTuple):
    """The running service as its doors see it."""

    host: Host[State]
    settings: IntakeSettings
    reception: Reception
    mail: MailReader

    @property
    def log(self) -> PostgresLog:
        """The log."""
        return self.host.log

    def regulation_for(self, channel: str) -> Regulation:
        """The regulation of a channel; a 404 problem for an unknown one, a 503 while none is published."""
        try:
            return serving(self._regulations(), channel, self.settings.regulation)
        except UnknownTermError as error:
            raise NotFound(f"{error}.") from error

    def regulation_named(self, name: str) -> Regulation:
        """The regulation of this name; a 503 problem while it is not published."""
        found = self._regulations().get(name)
        if found is None:
            raise Unavailable("The regulation of this ticket is not known yet: try again.")
        return found

    def _regulations(self) -> dict[str, Regulation]:
        if not self.host.state.regulations:
            raise Unavailable("No regulation is published yet: publish one with POST /regulations.")
        return self.host.state.regulations


async def house_of(request: Request) -> House:
    """The house behind a door."""
    house: House = request.app.state.house
    return house


Housed = Annotated[House, Depends(house_of)]
"""The running service."""
