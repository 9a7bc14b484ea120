"""Where this installation lives: its directory, its ports, and servers that others run for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OFFSETS: Mapping[str, int] = {
    "intake": 1, "routing": 2, "sla": 3, "notify": 4, "csi": 5,
    "nats": 22, "mail": 25, "smtp": 26, "telegram": 27, "postgres": 32,
}  # fmt: skip
HIGHEST_BASE = 65_500


class PlaceError(Exception):
    """The environment does not say where we live; the message says what to change."""


@dataclass(frozen=True)
class Place:
    """A data directory, the first port, and the addresses of an external PostgreSQL and NATS if any."""

    data: Path
    base: int = 8000
    owner_url: str | None = None
    nats_url: str | None = None

    def port(self, what: str) -> int:
        """The port of a service or server on 127.0.0.1."""
        return self.base + OFFSETS[what]

    def url(self, what: str) -> str:
        """The address for a browser or curl."""
        return f"http://127.0.0.1:{self.port(what)}"

    def holds(self, file: object) -> bool:
        """Whether this file, as an OSError names it, is in the data directory, the directory itself, or above it."""
        path = Path(str(file))
        return self.data in (path, *path.parents) or path in self.data.parents

    @property
    def keys(self) -> Path:
        """The demo keys, `{role: key}`, mode 0600."""
        return self.data / "keys.json"

    @property
    def key_ring(self) -> Path:
        """The digests of the keys, which the services read."""
        return self.data / "keyring.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys made once, mode 0600; whoever loses the file loses the personal data."""
        return self.data / "secrets.json"

    @property
    def ready(self) -> Path:
        """Says what runs, once everything was ready."""
        return self.data / "ready"

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.data / "logs" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        """The file that remembers a program's process."""
        return self.data / "run" / f"{name}.pid"


def place_from(environment: Mapping[str, str] = os.environ) -> Place:
    """The place that REGLAMENT_DATA, _PORT_BASE, _OWNER_URL (or _DATABASE_URL) and _NATS_URL describe."""
    data = _directory(environment.get("REGLAMENT_DATA") or ".reglament")
    owner = environment.get("REGLAMENT_OWNER_URL") or environment.get("REGLAMENT_DATABASE_URL")
    base = _base(environment.get("REGLAMENT_PORT_BASE") or "8000")
    return Place(data, base, owner or None, environment.get("REGLAMENT_NATS_URL") or None)


def _directory(text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, OSError) as error:  # nobody's home, or links in a circle
        raise PlaceError(f"REGLAMENT_DATA must name a directory, not {text!r}: {error}") from None


def _base(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_BASE:
        raise PlaceError(f"REGLAMENT_PORT_BASE must be a number from 1 to {HIGHEST_BASE}, not {text!r}")
    return int(text)
