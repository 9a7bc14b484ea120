"""One of our own programs as a server: ready when it says so over HTTP."""

from http.client import HTTPConnection, HTTPException

from embedded.child import Child, Program
from embedded.ports import LOCALHOST
from embedded.server import Running

OK = 200
PATIENCE = 2.0
"""Seconds to wait for an answer."""


class Service(Running):
    """A program with a port; `ready` is the path that answers 200 when it is."""

    def __init__(self, program: Program, ready: str = "/readyz", patience: float = 60.0) -> None:
        self.name = program.name
        self.port = program.port
        self.program = program
        self.ready = ready
        self._patience = patience

    def start(self) -> None:
        """Start and wait, at most `patience` seconds, until ready."""
        self._child = child = Child(self.program)
        child.wait_ready(self._patience, self.is_ready)

    def restart(self) -> None:
        """Stop if needed and start on the same port."""
        self.stop()
        self.start()

    def is_ready(self) -> bool:
        """Whether it answers 200 now."""
        return status_of(self.port, self.ready) == OK


def status_of(port: int, path: str) -> int | None:
    """The status that a program here answers on this path; None when it does not answer within 2 s."""
    connection = HTTPConnection(LOCALHOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
