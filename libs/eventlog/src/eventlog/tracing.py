"""The trace that goes on from an event to what follows from it, in the event itself."""

import msgspec
from contracts import Event, Recorded
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from eventlog.reactor import Cause, cause_of

_tracer = trace.get_tracer("reglament.eventlog")
_propagator = TraceContextTextMapPropagator()


def traced(event: Recorded[Event]) -> Cause:
    """The event as a cause, with a span of its own between it and what follows."""
    cause = cause_of(event)
    if not is_seen(trace.get_tracer_provider()):
        return cause
    carrier = {"traceparent": cause.traceparent}
    name = f"process {event.data.__struct_config__.tag}"
    attributes: dict[str, str | int] = {"reglament.event.id": event.id, "reglament.event.position": event.position}
    span = _tracer.start_span(name, _propagator.extract(carrier), trace.SpanKind.CONSUMER, attributes)
    if not span.is_recording():  # nobody could see this one: what follows stays in the cause's own span
        return cause
    with trace.use_span(span, end_on_exit=True):
        _propagator.inject(carrier)
    return msgspec.structs.replace(cause, traceparent=carrier["traceparent"])


def is_seen(provider: trace.TracerProvider) -> bool:
    """Whether any span of this provider may be recorded: where none is, asking for each costs as much as deciding."""
    if isinstance(provider, trace.ProxyTracerProvider):
        return False
    sampler = getattr(provider, "sampler", None)  # an API without an SDK has none
    return sampler is None or sampler.get_description() != "AlwaysOffSampler"
