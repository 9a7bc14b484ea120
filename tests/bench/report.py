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
        parts += [f"## {name}", "", WHAT[name], "", *_rows(figures), ""]
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
    "append": "Events appended by `PostgresLog.append`, one a call: sealed, versions checked, durable. Ceiling: the "
    "same sealed rows by asyncpg and `unnest`, 1,000 a batch on one connection, into a table with the same "
    "constraints, nothing checked.",
}
