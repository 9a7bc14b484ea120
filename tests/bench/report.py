"""docs/benchmarks.md, written by the run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import HEADINGS, Figure, cells
from tests.bench.machine import described

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def write(found: Mapping[str, Sequence[Figure]]) -> None:
    """Put these figures in the place of the last ones."""
    parts = [HEAD, *(f"- {line}" for line in described()), ""]
    for name, figures in found.items():
        parts += [f"## {name}", "", WHAT[name].strip(), "", *_rows(figures), ""]
        parts += [f"- {figure.what}: {figure.note}" for figure in figures if figure.note]
        parts += [""] * any(figure.note for figure in figures)
    PAGE.write_text("\n".join(parts).rstrip() + "\n")


def _rows(figures: Sequence[Figure]) -> list[str]:
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(cells(figure) for figure in figures)]
    return [f"| {' | '.join(line)} |" for line in lines]


HEAD = """# Benchmarks

Written by `make bench`. Every bench measures a ceiling in the same run, on the same machine, with the same data:
machines are noisy, ratios hold. Figures are medians of the runs; the last column has their number and spread.
"""
WHAT: Mapping[str, str] = {
    "append": """
Events appended by `PostgresLog.append`, one a call: sealed, versions checked, durable. Ceiling: the same sealed rows by
asyncpg and `unnest`, 1,000 a batch on one connection, into a table with the same constraints, nothing checked.""",
    "intake": """
`POST /messages` of one intake process over 32 kept-alive connections: authenticated, three events sealed and durable
before the answer, its follower and the relay running. Ceiling: the same framework, server, body and model, which
validates and answers.""",
    "latency": """
From the moment a message was due to be sent (open loop) until its ticket is assigned, its clock runs and a delivery is
intended, all five services running. Ceiling: POST → insert → JetStream → insert, two processes, nothing decided. The
end is the database's clock at the last insert, on both sides.""",
    "saturation": """
Tickets completed per second over 32 connections: from the first message sent until the last ticket is assigned, has its
clock and its delivery. Nine events a ticket, a tenth when the mail to the agent is sent, which goes on meanwhile and
afterwards, to the catcher on the same machine, which yields the processor to the platform. Ceiling: the bare pipeline,
batched. Memory is resident, after the runs.""",
    "rebuild": """
A service's state folded from its first event, and its views made anew in PostgreSQL, from a log of tickets that were
opened, answered, resolved and closed. Ceiling: the same texts decoded by msgspec and counted by ticket. Times for a
million events are scaled; loading a calendar's holidays, 0.6 s once a process, is left out.""",
    "deadlines": """
Deadlines computed per CPU second in a week with lunch, the Russian production calendar and holidays, exact to the
second; work of a minute to 160 hours, anywhere in ten months. Ceiling: what one writes first, a bisect over cumulative
working minutes with aware datetimes, minutes only, its list made beforehand. Both give the same answers to every
question. pandas gets whole hours and a calendar without short days, and may put a deadline off to the next opening.""",
    "clocks": """
A million open clocks of the regulation csn, folded from their tickets' events by the sla service's own reactor, as at a
start. Each poll follows the opening of another ticket. Then 20,000 deadlines pass in one second: all that follows is
decided and appended to the log, as many a transaction as the follower takes. Memory is that of the process.""",
    "distribution": """
Who gets a ticket: the follower's whole step for one `TicketOpened`, timers looked up anew, by agents and by tickets
that are open already. Then 10,000 arrivals made of a real help desk's cases, told in rounds to the decider by their own
clock, with an invented crew: four always there, eight in shifts and now and then ill.""",
    "arrivals": """
The same cases through the doors of a whole platform: 10,000 messages in order of the log, each answered with a
solution, 16 at a time, while the eight others come and go.""",
    "start": """
From `reglament up` until every service says it is ready: PostgreSQL, NATS, five services, two doubles.""",
}
