"""What intake's doors have at hand while the service runs."""

from datetime import datetime
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
from intake.state import State, Version, pinned, serving


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

    def regulation_for(self, channel: str, at: datetime) -> Regulation:
        """The version in force for a channel; a 404 problem for an unknown one, a 503 while none is published."""
        try:
            return serving(self.regulations, channel, self.settings.regulation, at)
        except UnknownTermError as error:
            raise NotFound(f"{error}.") from error

    def regulation_of(self, key: str) -> Regulation:
        """Exactly the version that a ticket names (`csn@1`); a 503 problem while it is not published."""
        found = pinned(self.regulations, key)
        if found is None:
            raise Unavailable(f"{key or 'The regulation'}, by which this ticket goes, is not known yet: try again.")
        return found

    @property
    def regulations(self) -> dict[str, list[Version]]:
        """Every published version by name; a 503 problem while there is none."""
        if not self.host.state.regulations:
            raise Unavailable("No regulation is published yet: publish one with POST /regulations.")
        return self.host.state.regulations


async def house_of(request: Request) -> House:
    """The house behind a door."""
    house: House = request.app.state.house
    return house


Housed = Annotated[House, Depends(house_of)]
"""The running service."""
