"""What runs here, as its supervisor wrote down once everything was ready, and how each part is now."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec

from reglament.credentials import write_private
from reglament.place import Place
from reglament.service import OK, Service, status_of


class Ready(msgspec.Struct, frozen=True):
    """The supervisor's process, the first port it was given, and which path to ask of each program."""

    pid: int
    base: int
    asked: Mapping[str, str]


def write_ready(place: Place, pid: int, programs: Iterable[Service]) -> None:
    """Everything is ready: write down what to ask, and where."""
    asked = {program.name: program.ready for program in programs}
    write_private(place.ready, msgspec.json.encode(Ready(pid, place.base, asked)))


def read_ready(place: Place) -> Ready | None:
    """What was written down; None before everything was ready, or where it cannot be understood."""
    try:
        return msgspec.json.decode(place.ready.read_bytes(), type=Ready)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None


def ailing(place: Place, ready: Ready) -> str:
    """Who is not ready now, a line each, "" where all are: they are asked at once, which takes two seconds at most."""
    here = replace(place, base=ready.base)
    with ThreadPoolExecutor(max(1, len(ready.asked))) as pool:
        lines = [*filter(None, pool.map(lambda name: _said(here, name, ready.asked[name]), ready.asked))]
    return "\n".join(["It runs, but not all of it is ready:", *lines]) if lines else ""


def _said(place: Place, name: str, path: str) -> str:
    status = status_of(place.port(name), path)
    if status == OK:
        return ""
    what = "does not answer" if status is None else f"answers {status}"
    return f"{name} {what} at {place.url(name)}{path}: look into {place.log(name)}"
