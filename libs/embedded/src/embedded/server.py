"""What supervisor and tests may ask of any server."""

from typing import Protocol

from embedded.child import Child
from embedded.errors import EmbeddedError


class Server(Protocol):
    """A program that can be started until it is ready, stopped, and started again on the same port."""

    name: str

    @property
    def alive(self) -> bool:
        """Whether its process runs now."""

    def start(self) -> None:
        """Start and return when ready; raises an `EmbeddedError` otherwise."""

    def stop(self) -> None:
        """Stop in order; does nothing when it does not run."""

    def restart(self) -> None:
        """Stop if needed and start on the same port with the same data."""


class Running:
    """What a server with one child process can suffer: what happens to machines, on purpose."""

    name: str
    _child: Child | None = None

    @property
    def child(self) -> Child:
        """The running process; raises `EmbeddedError` before the first start."""
        if self._child is None:
            raise EmbeddedError("the server was not started")
        return self._child

    @property
    def alive(self) -> bool:
        """Whether its process runs now."""
        return self._child is not None and self._child.exit_code is None

    def stop(self) -> None:
        """Stop in order; does nothing when it does not run."""
        if self._child is not None:
            self._child.stop(grace=60)

    def kill(self) -> None:
        """End the server and its descendants as `kill -9` of all does."""
        self.child.kill()

    def freeze(self) -> None:
        """Stop the server in its tracks: clients see silence, not a closed connection."""
        self.child.freeze()

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self.child.thaw()
