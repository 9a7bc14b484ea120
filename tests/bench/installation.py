"""The whole platform as `reglament up` runs it, in a directory and on ports of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from embedded.errors import PortTakenError
from embedded.pidfile import remembered
from embedded.ports import require_free
from embedded.processes import descendants
from embedded.waiting import until
from reglament.place import OFFSETS, Place
from reglament.programs import SERVICES
from reglament.running import is_ready

from tests.bench.machine import cpu_seconds, resident_mebibytes

LONGEST = 120.0
FIRST_BASE, STEP = 20_000, 100


class Installation:
    """Runs while its context lasts; `started_in` is how many seconds it took until everything was ready."""

    def __init__(self, data: Path) -> None:
        self.place = Place(data, _free_base())
        self.started_in = 0.0
        self._environment = _environment(self.place)
        self._leaving = ExitStack()

    def __enter__(self) -> Self:
        self.place.data.mkdir(parents=True, exist_ok=True)
        self.place.data.chmod(0o711)  # PostgreSQL runs as nobody where we are root
        started = time.monotonic()
        out = self._leaving.enter_context((self.place.data / "up.out").open("wb"))
        words = [sys.executable, "-m", "reglament", "up"]
        self._process = subprocess.Popen(
            words, env=self._environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        self._leaving.callback(self._stop)
        until(lambda: is_ready(self.place) or self._process.poll() is not None, LONGEST, "the platform")
        self.started_in = time.monotonic() - started
        if self._process.poll() is not None:
            raise RuntimeError((self.place.data / "up.out").read_text())
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.close()

    @property
    def owner_url(self) -> str:
        """The database as its owner sees it."""
        password = next((self.place.data / "postgres").glob("pg*/password")).read_text()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.place.port('postgres')}/reglament"

    def key(self, role: str) -> str:
        """A key of this role."""
        keys: dict[str, str] = json.loads(self.place.keys.read_text())
        return keys[role]

    def call(self, service: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  # JSON
        """Ask a door as admin; raises RuntimeError for anything but success."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port(service), timeout=10)
        headers = {"Authorization": f"Bearer {self.key('admin')}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text or b"null")

    def staff(self, count: int) -> None:
        """Agents of the group behind the cabinet channel, all of them there."""
        until(self._rules, LONGEST, "a regulation in force")
        for n in range(count):
            card = {"name": f"Агент {n}", "groups": ["support"], "email": f"agent{n}@example.ru"}
            self.call("routing", "PUT", f"/agents/agent{n}", card)
            self.call("routing", "POST", f"/agents/agent{n}/presence", {"section": "requests", "online": True})

    def _rules(self) -> bool:
        with suppress(RuntimeError):
            return bool(self.call("intake", "GET", "/regulations/csn"))
        return False

    def pids(self) -> Mapping[str, int]:
        """The Python processes by name."""
        found = {name: remembered(self.place.pid_file(name)) for name in SERVICES}
        return {name: entry.pid for name, entry in found.items() if entry} | {"supervisor": self._process.pid}

    def cpu(self) -> dict[str, float]:
        """CPU seconds every program has used so far; PostgreSQL's with those of its sessions."""
        servers = {name: remembered(self.place.data / name / f"{name}.pid") for name in ("postgres", "nats")}
        doubles = {name: remembered(self.place.pid_file(name)) for name in ("mail", "telegram")}
        others = {name: entry.pid for name, entry in (servers | doubles).items() if entry}
        return {name: _with_children(pid) for name, pid in {**self.pids(), **others}.items() if name != "supervisor"}

    def memory(self) -> dict[str, float]:
        """MiB every Python process has in RAM."""
        return {name: resident_mebibytes(pid) for name, pid in self.pids().items()}

    def _stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(LONGEST)


def _with_children(pid: int) -> float:
    return sum(cpu_seconds(each) for each in (pid, *(member.pid for member in descendants(pid))))


def _environment(place: Place) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("REGLAMENT_", "OTEL_"))}
    return ours | {"REGLAMENT_DATA": str(place.data), "REGLAMENT_PORT_BASE": str(place.base)}


def _free_base() -> int:
    return next(base for base in range(FIRST_BASE, 60_000, STEP) if _is_free(base))


def _is_free(base: int) -> bool:
    try:
        for name, offset in OFFSETS.items():
            require_free(base + offset, name)
    except PortTakenError:
        return False
    return True
