"""Whether an installation runs: a lock held by its supervisor; `reglament down` and `reglament status`."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import typer
from embedded.pidfile import end_stale
from embedded.processes import look, send
from embedded.waiting import holds

from reglament.place import Place
from reglament.screen import complain, read_place, show_addresses

LONGEST_STOP = 120.0
GLANCE = 0.5  # seconds: `status` holds the lock for a moment, which is no reason to give up


class RunningError(Exception):
    """A supervisor runs on this data directory already."""


@contextmanager
def sole_supervisor(place: Place) -> Iterator[None]:
    """Hold the lock of the data directory, which the system releases even after `kill -9`; raises `RunningError`."""
    place.data.mkdir(parents=True, exist_ok=True)
    with (place.data / "up.lock").open("a+") as lock:
        if not holds(lambda: _locked(lock), GLANCE):
            raise RunningError(f"It runs already with the data of {place.data}.")
        place.ready.unlink(missing_ok=True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def supervisor_pid(place: Place) -> int | None:
    """The process id of the supervisor that holds the lock; None when nobody does."""
    file = place.data / "up.lock"
    if not file.exists():
        return None
    with file.open("r+") as lock:
        return None if _locked(lock) else int(lock.read() or 0) or None


def is_ready(place: Place) -> bool:
    """Whether it runs and every part became ready; what a killed one left behind does not count."""
    pid = supervisor_pid(place)
    return pid is not None and look(pid) is not None and _words(place.ready) == str(pid)


def _words(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def end_leftovers(place: Place) -> int:
    """End what a killed supervisor left behind, our services first; says how many there were."""
    ours = sorted((place.data / "run").glob("*.pid"))
    servers = [place.data / "nats" / "nats.pid", place.data / "postgres" / "postgres.pid"]
    place.ready.unlink(missing_ok=True)
    goodbye = {servers[1]: signal.SIGINT}
    return sum(end_stale(file, goodbye.get(file, signal.SIGTERM)) for file in [*ours, *servers])


def down() -> None:
    """Stop what `reglament up` started on this data directory."""
    place = read_place()
    pid = supervisor_pid(place)
    if pid is None:
        found = end_leftovers(place)
        typer.echo(f"It did not run; {found} left-over programs were ended." if found else "It does not run.")
        return
    send(pid, signal.SIGTERM)
    if not holds(lambda: supervisor_pid(place) is None, LONGEST_STOP):
        complain(f"The supervisor (process {pid}) did not stop; look into {place.log('up')}")
        raise typer.Exit(1)
    typer.echo("Stopped.")


def status() -> None:
    """Say whether it runs and where; exit code 0 when everything is ready, 3 when not."""
    place = read_place()
    if is_ready(place):
        show_addresses(place)
        return
    typer.echo("It is starting." if supervisor_pid(place) else "It does not run: start it with `make up`.")
    raise typer.Exit(3)
