"""Tickets completed per second when messages come as fast as they are taken in."""

from tests.bench.arena import Arena
from tests.bench.figures import Figure
from tests.bench.pipelines import Pipeline, all_done

RUNS = 3
COUNT = 2_000
MEMORY = 150.0


def run(arena: Arena) -> list[Figure]:
    """Alternating; and what the platform's processes hold in memory afterwards."""
    installation = arena.installation
    pipelines: list[Pipeline] = [arena.platform, arena.bare]
    rates: dict[str, list[float]] = {"platform": [], "bare": []}
    shares: list[float] = []
    mailed: list[float] = []
    before = installation.cpu()
    for n in range(RUNS):
        for pipeline in pipelines:
            begun, rate, share = _completed(pipeline, f"saturating{n}")
            rates[pipeline.name].append(rate)
            if pipeline is arena.platform:
                shares.append(share)
                mailed.append(COUNT / (arena.platform.sent() - begun))
    used = {name: seconds - before[name] for name, seconds in installation.cpu().items()}
    spent = "CPU ms a ticket: " + ", ".join(
        f"{name} {seconds / RUNS / COUNT * 1000:.2f}" for name, seconds in used.items()
    )
    ours, ceiling = rates["platform"], rates["bare"]
    return [
        Figure(what="completed", unit="tickets/s", ours=ours, ceiling=ceiling, aim=0.35, note=spent),
        Figure(what="completed, and the mail to the agent sent", unit="tickets/s", ours=mailed),
        Figure(what="completed by accepted", unit="", ours=shares, ceiling=[1.0] * RUNS, aim=0.95),
        *(
            Figure(what=f"memory, {name}", unit="MiB", ours=[held], aim=MEMORY, sense="most")
            for name, held in installation.memory().items()
        ),
    ]


def _completed(pipeline: Pipeline, plan: str) -> tuple[float, float, float]:
    """When the first message was sent; completed per second until the last one was done; and by those accepted."""
    outcome = pipeline.load(plan, COUNT)
    done = all_done(pipeline, outcome.accepted)
    if not done:
        raise RuntimeError(f"{pipeline.name} has done nothing: {outcome.statuses}")
    begun = min(outcome.due.values())
    return begun, len(done) / (max(done.values()) - begun), len(done) / outcome.accepted
