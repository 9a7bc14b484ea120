"""Whether an installation runs, by the lock its supervisor holds; `reglament down` and `reglament status`."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

import typer
from embedded.pidfile import end_stale
from embedded.processes import look, send
from embedded.waiting import holds

from reglament.place import Place
from reglament.ready import Ready, ailing, read_ready
from reglament.screen import complain, counted, read_place, show_addresses, using

LONGEST_STOP = 120.0
GLANCE = 0.5  # seconds: `status` holds the lock for a moment, which is no reason to give up


class RunningError(Exception):
    """A supervisor runs on this data directory already."""


@contextmanager
def sole_supervisor(place: Place) -> Iterator[None]:
    """Hold the lock of the data directory, which the system releases even after `kill -9`; raises `RunningError`."""
    place.data.mkdir(parents=True, exist_ok=True)
    with (place.data / "up.lock").open("a+") as lock:
        if not holds(lambda: _locked(lock, fcntl.LOCK_EX), GLANCE):
            raise RunningError(f"It runs already with the data of {place.data}.")
        place.ready.unlink(missing_ok=True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _locked(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def supervisor_pid(place: Place) -> int | None:
    """The process id of the supervisor that holds the lock; None when nobody does."""
    file = place.data / "up.lock"
    if not file.exists():
        return None
    with file.open() as lock:  # shared: two who look at once do not take each other for a supervisor
        return None if _locked(lock, fcntl.LOCK_SH) else int(lock.read() or 0) or None


def what_runs(place: Place) -> Ready | None:
    """What runs here since every part became ready; None else: what a killed one left behind does not count."""
    pid, found = supervisor_pid(place), read_ready(place)
    return found if found is not None and pid == found.pid and look(pid) is not None else None


def is_ready(place: Place) -> bool:
    """Whether it runs and every part became ready."""
    return what_runs(place) is not None


def place_running(place: Place) -> Place:
    """The same with the ports of what runs here, whatever REGLAMENT_PORT_BASE says by now."""
    found = what_runs(place)
    return place if found is None else replace(place, base=found.base)


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
    with using(place):
        pid = supervisor_pid(place)
        if pid is None:
            found = end_leftovers(place)
            typer.echo(f"It did not run; ended {counted(found, 'left-over program')}." if found else "It does not run.")
        else:
            _stop(place, pid)


def _stop(place: Place, pid: int) -> None:
    try:
        send(pid, signal.SIGTERM)
    except PermissionError:
        complain(f"The supervisor (process {pid}) is another user's, who alone can stop it.")
        raise typer.Exit(1) from None
    if not holds(lambda: supervisor_pid(place) is None, LONGEST_STOP):
        complain(f"The supervisor (process {pid}) did not stop; look into {place.log('up')}")
        raise typer.Exit(1)
    typer.echo("Stopped.")


NOT_READY = 3


def status() -> None:
    """Ask every part and say where it is; exit code 0 when all answer that they are ready, 3 when not."""
    place = read_place()
    with using(place, NOT_READY):
        found = what_runs(place)
        if found is None:
            typer.echo("It is starting." if supervisor_pid(place) else "It does not run: start it with `make up`.")
            raise typer.Exit(NOT_READY)
        if ills := ailing(place, found):
            typer.echo(ills)
            raise typer.Exit(NOT_READY)
        show_addresses(place_running(place))
