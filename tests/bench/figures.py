"""What a bench found: our figure, the ceiling of the same run, their ratio, and what is aimed at."""

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec
from rich.table import Table

MANY = 100
Sense = Literal["share", "times", "most"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line: medians over the runs. `sense` says how ours is held against the aim.

    `share`: ours / ceiling is to be at least the aim; `times`: at most; `most`: ours itself is to be at most the aim.
    """

    what: str
    unit: str
    ours: Sequence[float]
    ceiling: Sequence[float] = ()
    aim: float | None = None
    sense: Sense = "share"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Our median by the ceiling's."""
        return median(self.ours) / median(self.ceiling) if self.ceiling and median(self.ceiling) else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met, None where there is none."""
        held = median(self.ours) if self.sense == "most" else self.ratio
        if self.aim is None or held is None:
            return None
        return held >= self.aim if self.sense == "share" else held <= self.aim


HEADINGS = ("what", "ours", "ceiling", "unit", "ratio", "aim", "met", "runs")


def cells(figure: Figure) -> tuple[str, ...]:
    """One row for people."""
    ceiling = number(median(figure.ceiling)) if figure.ceiling else "–"
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {None: "", True: "yes", False: "no"}[figure.met]
    runs = f"{len(figure.ours)} ({number(min(figure.ours))}–{number(max(figure.ours))})"
    return figure.what, number(median(figure.ours)), ceiling, figure.unit, ratio, _aim(figure), met, runs


def number(value: float) -> str:
    """Three digits that matter, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= MANY else f"{value:.3g}"


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return "–"
    match figure.sense:
        case "share":
            return f"≥ {figure.aim:g}"
        case "times":
            return f"≤ {figure.aim:g} ×"
        case "most":
            return f"≤ {number(figure.aim)} {figure.unit}"


def table(title: str, figures: Sequence[Figure]) -> Table:
    """The figures for a terminal."""
    shown = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, justify="left" if heading in {"what", "unit", "aim"} else "right")
    for figure in figures:
        colour = {None: "", True: "green", False: "yellow"}[figure.met]
        shown.add_row(*cells(figure), style=colour)
    return shown
