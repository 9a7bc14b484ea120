"""The whole platform on one machine: what starts in which order, with which addresses."""

import os
from collections.abc import Callable
from dataclasses import replace

from embedded.errors import PortTakenError
from embedded.nats import Nats
from embedded.ports import require_free
from embedded.postgres import Postgres

from reglament.credentials import Credentials, credentials, demo_keys
from reglament.migrate import bring_up_to_date, ensure_database
from reglament.place import OFFSETS, Place
from reglament.programs import doubles, services
from reglament.ready import write_ready
from reglament.running import end_leftovers
from reglament.screen import counted
from reglament.service import Service
from reglament.supervisor import Supervisor

DATABASE = "reglament"
Programs = Callable[[Place, Credentials], list[Service]]


def everything(place: Place, secret: Credentials) -> list[Service]:
    """Services and doubles: they wait for each other by themselves, so they start together."""
    return [*doubles(place, secret), *services(place, secret)]


class Stack:
    """PostgreSQL, migrations, NATS, then all programs; in reverse at the end."""

    def __init__(
        self,
        place: Place,
        say: Callable[[str], None],
        asked_to_stop: Callable[[], bool],
        programs: Programs = everything,
    ) -> None:
        self._place = place
        self._say = say
        self._programs = programs
        self._supervisor = Supervisor(say, asked_to_stop)

    def start(self) -> Place:
        """Start everything; the place with all addresses known when every part is ready."""
        if left := end_leftovers(self._place):
            self._say(f"Ended {counted(left, 'program')} that a killed supervisor had left behind")
        self._require_ports()
        secret = credentials(self._place)
        demo_keys(self._place)
        place = self._with_nats(self._with_postgres(self._place, secret), secret)
        programs = self._programs(place, secret)
        self._supervisor.start(programs)
        write_ready(place, os.getpid(), programs)
        return place

    def watch(self) -> None:
        """Restart what dies until asked to stop."""
        self._supervisor.watch()

    def stop(self) -> None:
        """Stop everything in reverse order."""
        self._place.ready.unlink(missing_ok=True)
        self._supervisor.stop()

    def _with_postgres(self, place: Place, secret: Credentials) -> Place:
        if place.owner_url is None:
            server = Postgres(place.data / "postgres", place.port("postgres"))
            self._supervisor.start([server])
            ensure_database(server.url(), DATABASE)
            place = replace(place, owner_url=server.url(DATABASE))
        bring_up_to_date(place.owner_url or "", secret.roles)
        return place

    def _with_nats(self, place: Place, secret: Credentials) -> Place:
        if place.nats_url is not None:
            return place
        server = Nats(place.data / "nats", place.port("nats"), secret.nats_password, secret.reader_password)
        self._supervisor.start([server])
        return replace(place, nats_url=server.url)

    def _require_ports(self) -> None:
        outside = {"postgres": self._place.owner_url, "nats": self._place.nats_url}
        try:
            for name in OFFSETS:
                if outside.get(name) is None:
                    require_free(self._place.port(name), name)
        except PortTakenError as error:
            other = f"REGLAMENT_PORT_BASE={self._place.base + 1000}"
            raise PortTakenError(f"{error}. Stop that program, or take other ports: {other} make up") from None
