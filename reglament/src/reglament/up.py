"""`reglament up`: everything on this machine, in the foreground or in the background."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from embedded.child import tail
from embedded.errors import EmbeddedError
from embedded.waiting import holds
from rich.console import Console

from reglament.migrate import MigrationError
from reglament.place import Place
from reglament.ready import ailing
from reglament.running import RunningError, is_ready, place_running, sole_supervisor, supervisor_pid, what_runs
from reglament.screen import complain, read_place, show_addresses, using
from reglament.stack import Programs, Stack, everything
from reglament.supervisor import StoppedError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_START = 300.0


class Asked:
    """Becomes true when a signal asks us to stop; a plain flag, since a handler must not take locks."""

    def __init__(self) -> None:
        self._to_stop = False
        for number in SIGNALS:
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self._to_stop = True

    def __call__(self) -> bool:
        """Whether we were asked."""
        return self._to_stop


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when all is ready; it may run already.")] = False,
) -> None:
    """Run everything here until Ctrl-C: data in REGLAMENT_DATA (.reglament), ports from REGLAMENT_PORT_BASE (8000)."""
    place = read_place()
    with reporting(), using(place):
        if detach:
            in_background(place)
        else:
            in_foreground(place)


@contextmanager
def reporting() -> Iterator[None]:
    """Turn what a person can mend into one message and exit code 1."""
    try:
        yield
    except RunningError as error:
        complain(f"{error}\nSee `reglament status`; stop it with `reglament down`.")
        raise SystemExit(1) from None
    except (EmbeddedError, MigrationError) as error:
        complain(str(error))
        raise SystemExit(1) from None


def in_foreground(place: Place, programs: Programs = everything) -> None:
    """Start, show the addresses, keep alive until asked to stop, stop; raises what hindered the start."""
    console, asked = Console(highlight=False, markup=False, soft_wrap=True), Asked()
    with sole_supervisor(place):
        stack = Stack(place, console.print, asked, programs)
        try:
            with console.status("Starting …"):
                ready = stack.start()
            show_addresses(ready)
            console.print("\nCtrl-C stops everything.")
            stack.watch()
        except StoppedError:
            console.print("Asked to stop while starting.")
        finally:
            with console.status("Stopping …"):
                stack.stop()
        console.print("Stopped.")


def in_background(place: Place) -> None:
    """Return when all is ready: what runs already, or a supervisor of its own session."""
    if supervisor_pid(place) is None:
        _begin(place)
    else:
        holds(lambda: supervisor_pid(place) is None or is_ready(place), LONGEST_START)
    if (ready := what_runs(place)) is None:
        raise EmbeddedError(f"It did not start:\n{tail(place.log('up'))}")
    if ills := ailing(place, ready):
        raise RunningError(ills)
    show_addresses(place_running(place))


def _begin(place: Place) -> None:
    log = place.log("up")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        words = [sys.executable, "-m", "reglament", "up"]
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)  # noqa: S603
    with Console(stderr=True).status(f"Starting in the background, see {log} …"):
        holds(lambda: child.poll() is not None or is_ready(place), LONGEST_START)
    child.returncode = child.returncode or 0  # it lives on without us: no warning about that when we leave
