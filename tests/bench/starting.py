"""How long `make up` takes until everything is ready: with nothing there yet, and the second time."""

from tests.bench.arena import Arena
from tests.bench.figures import Figure
from tests.bench.installation import Installation

RUNS = 3


def run(arena: Arena) -> list[Figure]:
    """A new directory for every first start; the second start finds what the first one made."""
    firsts: list[float] = []
    seconds: list[float] = []
    for n in range(RUNS):
        for found in (firsts, seconds):
            with Installation(arena.directory / f"start{n}") as running:
                found.append(running.started_in)
    return [
        Figure(what="first start", unit="s", ours=firsts),
        Figure(what="second start", unit="s", ours=seconds),
    ]
