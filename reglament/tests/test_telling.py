"""The demo's story: one of a thing is not called several."""

from io import StringIO

from contracts import Recorded
from contracts.example import example
from contracts.sla import ClockStarted
from msgspec.structs import replace
from reglament.demo.telling import tell
from rich.console import Console
from testkit.streams import recorded


def told(*events: Recorded) -> str:
    out = StringIO()
    tell(Console(file=out, width=200), "A ticket", events)
    return out.getvalue()


def test_a_deadline_of_one_stretch_is_told_in_the_singular() -> None:
    assert "1 stretch)" in told(*recorded("clock-c1", example(ClockStarted)))


def test_no_stretches_are_several() -> None:
    none = replace(example(ClockStarted), because=replace(example(ClockStarted).because, slices=()))
    assert "0 stretches)" in told(*recorded("clock-c1", none))
