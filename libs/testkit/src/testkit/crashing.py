"""`python -m testkit.crashing NAME`: a service that dies at the point that REGLAMENT_CRASH_AT names (F1).

The point is `module:name:before:count` or `…:after:count`: a coroutine function and which of its calls is the last.
It dies as `kill -9` kills. Nothing of this is known to the service, so that what runs is what ships.
"""

import functools
import importlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Literal, NamedTuple, TypeVar

from servicekit.serve import main

T = TypeVar("T")
VARIABLE = "REGLAMENT_CRASH_AT"


class Point(NamedTuple):
    """Where to die: just before or just after the `nth` call of a coroutine function."""

    module: str
    name: str
    when: Literal["before", "after"]
    nth: int

    def written(self) -> str:
        """The point as the environment variable holds it."""
        return f"{self.module}:{self.name}:{self.when}:{self.nth}"


def read(text: str) -> Point:
    """The point that the text names; ValueError if it names none."""
    module, name, when, nth = text.split(":")
    if when not in {"before", "after"}:
        raise ValueError(f"a crash comes before or after a call, not {when!r}")
    return Point(module, name, "before" if when == "before" else "after", int(nth))


def arm(point: Point, die: Callable[[], None]) -> None:
    """Let the function at the point call `die`."""
    *path, name = point.name.split(".")
    owner = functools.reduce(getattr, path, importlib.import_module(point.module))
    setattr(owner, name, deadly(getattr(owner, name), point, die))


def deadly(function: Callable[..., Awaitable[T]], point: Point, die: Callable[[], None]) -> Callable[..., Awaitable[T]]:
    """The same coroutine function, whose nth call is its process's last."""
    calls = count(1)

    @functools.wraps(function)
    async def wrapped(*args: object, **named: object) -> T:
        last = next(calls) == point.nth
        if last and point.when == "before":
            die()
        result = await function(*args, **named)
        if last:
            die()
        return result

    return wrapped


def kill_ourselves() -> None:
    """End at once: no handler, no flush, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    arm(read(os.environ[VARIABLE]), kill_ourselves)
    sys.exit(main(sys.argv[1:]))
