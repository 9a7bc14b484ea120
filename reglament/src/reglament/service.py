"""One of our own programs as a server: ready when it says so over HTTP."""

from http.client import HTTPConnection, HTTPException

from embedded.child import Child, Program
from embedded.ports import LOCALHOST, accepts
from embedded.server import Running

OK = 200


class Service(Running):
    """A program with a port; `ready` is the path to ask, or None when an open port is enough."""

    def __init__(self, program: Program, ready: str | None = "/readyz", patience: float = 60.0) -> None:
        self.name = program.name
        self.port = program.port
        self.program = program
        self._ready = ready
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
        return accepts(self.port) if self._ready is None else _answers(self.port, self._ready)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(LOCALHOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
