"""`python -m tests.bench [NAME…]`: run the benches, show their figures, write them down when all were run."""

import signal
import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from rich.console import Console

from tests.bench.arena import Arena
from tests.bench.figures import Figure, table
from tests.bench.report import write

BENCHES: Mapping[str, str] = {
    "append": "appending",
    "intake": "doors",
    "latency": "latency",
    "saturation": "saturation",
    "rebuild": "rebuilding",
    "start": "starting",
    "deadlines": "deadlines",
    "clocks": "clocks",
    "distribution": "distribution",
    "arrivals": "arrivals",
}


def main(names: list[str]) -> int:
    """The benches of these names, or all; 2 when a name is unknown."""
    console = Console()
    if unknown := set(names) - BENCHES.keys():
        console.print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    signal.signal(signal.SIGTERM, _interrupted)
    found: dict[str, list[Figure]] = {}
    with Arena() as arena:
        for name in names or BENCHES:
            with console.status(f"{name} …"):
                found[name] = _bench(name)(arena)
            console.print(table(name, found[name]))
            console.print(*(f"{figure.what}: {figure.note}" for figure in found[name] if figure.note), sep="\n")
    if not names:
        write(found)
    return 0


def _bench(name: str) -> Callable[[Arena], list[Figure]]:
    run: Callable[[Arena], list[Figure]] = import_module(f"tests.bench.{BENCHES[name]}").run
    return run


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
