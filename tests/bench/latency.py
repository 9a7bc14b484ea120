"""From the moment a message was due to be sent until its ticket is assigned, its clock runs, a delivery is intended."""

from tests.bench.arena import Arena
from tests.bench.client import percentile
from tests.bench.figures import Figure
from tests.bench.pipelines import Pipeline, all_done

RUNS = 3
SECONDS = 6
RATES = (50, 200)
WARM = 200


def run(arena: Arena) -> list[Figure]:
    """At each rate, alternating."""
    pipelines: list[Pipeline] = [arena.platform, arena.bare]
    for pipeline in pipelines:
        pipeline.load("warm", WARM)
        all_done(pipeline, WARM)
    return [figure for rate in RATES for figure in _at(rate, pipelines)]


def _at(rate: int, pipelines: list[Pipeline]) -> list[Figure]:
    found: dict[str, list[list[float]]] = {"platform": [], "bare": []}
    for n in range(RUNS):
        for pipeline in pipelines:
            found[pipeline.name].append(_latencies(pipeline, f"at{rate}r{n}", rate))
    return [
        Figure(
            what=f"{rate}/s, p{share * 100:.0f}",
            unit="ms",
            ours=[percentile(each, share) for each in found["platform"]],
            ceiling=[percentile(each, share) for each in found["bare"]],
            aim=aim,
            sense="times",
        )
        for share, aim in ((0.5, 2.0), (0.99, 2.5))
    ]


def _latencies(pipeline: Pipeline, plan: str, rate: int) -> list[float]:
    """In milliseconds; a message that is never done counts as a minute."""
    count = rate * SECONDS
    outcome = pipeline.load(plan, count, rate)
    done = all_done(pipeline, count)
    if not done:
        raise RuntimeError(f"{pipeline.name} has done nothing: {outcome.statuses}")
    return [(done.get(message, due + 60.0) - due) * 1000 for message, due in outcome.due.items()]
