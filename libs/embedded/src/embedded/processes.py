"""Processes by number: which live, since when, whose children; and ending those left behind."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded.waiting import holds

PROC = Path("/proc")


@dataclass(frozen=True)
class Entry:
    """One line of the process table; `born` is the start time in the system's own spelling."""

    pid: int
    parent: int
    born: str


def _from_proc(pid: int) -> Entry | None:
    try:
        words = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] in "ZX" else Entry(pid, int(words[1]), words[19])


def _from_ps(line: str) -> Entry | None:
    pid, parent, state, born = line.split(maxsplit=3)
    return None if state.startswith("Z") else Entry(int(pid), int(parent), born)


def _ps(*which: str) -> list[Entry]:
    asked = ["ps", *which, "-o", "pid=,ppid=,stat=,lstart="]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()  # noqa: S603  # fixed words
    return [entry for line in lines if (entry := _from_ps(line))]


def look(pid: int) -> Entry | None:
    """The living process with this number; None when it is gone or a zombie."""
    if PROC.joinpath("self", "stat").exists():
        return _from_proc(pid)
    return next(iter(_ps("-p", str(pid))), None)


def table() -> list[Entry]:
    """All living processes."""
    if not PROC.joinpath("self", "stat").exists():
        return _ps("-A")
    numbers = (int(path.name) for path in PROC.iterdir() if path.name.isdigit())
    return [entry for pid in numbers if (entry := _from_proc(pid))]


def descendants(pid: int) -> list[Entry]:
    """Children of the process, their children, and so on."""
    everyone = table()
    found = [entry for entry in everyone if entry.parent == pid]
    for member in found:  # the list grows while we walk it: breadth first
        found += [entry for entry in everyone if entry.parent == member.pid]
    return found


def working_in(directory: Path) -> list[int]:
    """Processes whose working directory this is; empty where the system does not tell."""
    return [int(path.parent.name) for path in PROC.glob("[0-9]*/cwd") if _points_at(path, directory)]


def _points_at(link: Path, target: Path) -> bool:
    try:
        return link.readlink() == target
    except OSError:
        return False


def send(pid: int, number: int) -> None:
    """Send a signal; a process that is gone already is no error."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def same(entry: Entry) -> bool:
    """Whether the process still lives, rather than a later one with the same number."""
    now = look(entry.pid)
    return now is not None and now.born == entry.born


def end(entry: Entry, number: int = signal.SIGTERM, grace: float = 10.0) -> None:
    """Ask a process that is not our child to end, insist after `grace` seconds, take its family along."""
    family = [entry, *descendants(entry.pid)]
    send(entry.pid, number)
    send(entry.pid, signal.SIGCONT)
    holds(lambda: not same(entry), grace)
    for member in filter(same, family):
        send(member.pid, signal.SIGKILL)
    holds(lambda: not any(map(same, family)), grace)
