"""`reglament up` with stand-ins for the services: real PostgreSQL and NATS, real migrations."""

import os
import sys
from pathlib import Path

from embedded.child import Program
from reglament.credentials import Credentials
from reglament.place import Place
from reglament.screen import read_place
from reglament.service import Service
from reglament.up import in_foreground, reporting

NAMES = ("intake", "notify")


def standins(place: Place, _: Credentials) -> list[Service]:
    return [standin(place, name) for name in NAMES]


def standin(place: Place, name: str) -> Service:
    argv = (sys.executable, str(Path(__file__).with_name("standin.py")), str(place.port(name)))
    return Service(Program(name, argv, place.log(name), place.pid_file(name), place.port(name), dict(os.environ)))


if __name__ == "__main__":
    with reporting():
        in_foreground(read_place(), standins)
