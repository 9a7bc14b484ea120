"""TCP ports on 127.0.0.1: a free one, and whether one is taken."""

import socket

from embedded.errors import PortTakenError

LOCALHOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on now; keep it for the whole run, clients reconnect to it."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(port: int, name: str) -> None:
    """Raise `PortTakenError` when another program holds the port that `name` needs."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError as error:
            raise PortTakenError(f"port {port}, needed by {name}, is in use ({error.strerror})") from None


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    try:
        socket.create_connection((LOCALHOST, port), timeout=1).close()
    except OSError:
        return False
    return True
