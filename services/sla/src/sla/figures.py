"""The deadlines in figures for Prometheus, read from the follower's state when asked for (reliability §5.2)."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from eventlog.errors import LogUnavailableError
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from sla.state import State
from sla.totals import BUCKETS, Totals


class Figures(Collector):
    """Open clocks, outcomes, lateness of breaches, the oldest timer not yet rung; nothing while the log is read."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        """The figures as of now."""
        with contextlib.suppress(LogUnavailableError):
            state = self._state()
            return [_open(state.totals), _resolved(state.totals), _lateness(state.totals), *_oldest(state)]
        return []

    def describe(self) -> Iterable[Metric]:
        """Known only once collected."""
        return []


@contextlib.contextmanager
def shown(figures: Figures) -> Iterator[None]:
    """Let /metrics show them meanwhile."""
    REGISTRY.register(figures)
    try:
        yield
    finally:
        REGISTRY.unregister(figures)


def _open(totals: Totals) -> Metric:
    family = GaugeMetricFamily("sla_deadlines_open", "Clocks running or paused", labels=["policy"])
    for plan, count in totals.open.items():
        family.add_metric([plan], count)
    return family


def _resolved(totals: Totals) -> Metric:
    family = CounterMetricFamily("sla_deadlines_resolved", "Deadlines by outcome", labels=["policy", "outcome"])
    for told, count in totals.outcomes.items():
        family.add_metric(told.split(" "), count)
    return family


def _lateness(totals: Totals) -> Metric:
    bounds = [*(str(float(bound)) for bound in BUCKETS), "+Inf"]
    family = HistogramMetricFamily("sla_breach_lateness_seconds", "How long after its deadline a breach was noticed")
    family.add_metric([], list(zip(bounds, accumulate(totals.late), strict=True)), totals.late_sum)
    return family


def _oldest(state: State) -> Iterator[Metric]:
    if first := state.alarms.first:
        about = "The next moment at which a timer rings; one long past means that nobody rings it"
        yield GaugeMetricFamily("sla_scheduler_oldest_due_timestamp_seconds", about, value=first.at)
