"""Every request as a span and in a histogram, at a cost of microseconds."""

from random import getrandbits
from time import perf_counter

from eventlog.tracing import is_seen
from opentelemetry import context as contexts
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit import health

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DURATION = Histogram(
    "http_server_request_duration_seconds",
    "How long requests took, in seconds, until their answer was sent.",
    ("service", "route", "method", "code"),
    buckets=BUCKETS,
)
PROPAGATOR = TraceContextTextMapPropagator()
TRACE_HEADERS = (b"traceparent", b"tracestate")
NOWHERE = contexts.Context()
NO_ANSWER = 500
TRACE_BITS, SPAN_BITS = 128, 64
RANDOM = TraceFlags(TraceFlags.RANDOM_TRACE_ID)


class Observed:
    """Makes a server span that continues the caller's trace, and observes the duration by route template.

    Labels and span attributes hold no path, query or header of the caller: paths hold ids, and rating links secrets.
    """

    def __init__(self, app: ASGIApp, service: str, provider: TracerProvider) -> None:
        self.app = app
        self.service = service
        self.tracer = provider.get_tracer("servicekit")
        self.seen = is_seen(provider)
        # `labels()` takes a lock and makes a tuple each time; routes, methods and codes are few.
        self.durations: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside its span; health doors and scrapes have none."""
        if scope["type"] != "http" or scope["path"] in health.PATHS:
            return await self.app(scope, receive, send)
        started = perf_counter()
        code = NO_ANSWER

        async def watched(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        parent = _parent(scope)
        span = self._span(scope, parent) if parent or self.seen else _unseen()
        token = contexts.attach(set_span_in_context(span, parent))
        try:
            await self.app(scope, receive, watched)
        finally:
            self._observe(scope, span, code, perf_counter() - started)
            contexts.detach(token)

    def _span(self, scope: Scope, parent: contexts.Context) -> Span:
        return self.tracer.start_span(_method(scope), parent, SpanKind.SERVER)

    def _observe(self, scope: Scope, span: Span, code: int, seconds: float) -> None:
        route, method = _route(scope), _method(scope)
        exemplar = None
        if span.is_recording():
            exemplar = {"trace_id": f"{span.get_span_context().trace_id:032x}"}
            _describe(span, scope, route, code)
        span.end()
        self._duration(route, method, code).observe(seconds, exemplar)

    def _duration(self, route: str, method: str, code: int) -> Histogram:
        key = (route, method, code)
        if key not in self.durations:
            self.durations[key] = DURATION.labels(self.service, route, method, str(code))
        return self.durations[key]


def _unseen() -> Span:
    """The span that the tracer makes where nobody looks and no trace goes on: an id for what is recorded meanwhile."""
    trace, own = getrandbits(TRACE_BITS), getrandbits(SPAN_BITS)
    return NonRecordingSpan(SpanContext(trace or 1, own or 1, is_remote=False, trace_flags=RANDOM))


def _parent(scope: Scope) -> contexts.Context:
    carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in TRACE_HEADERS}
    return PROPAGATOR.extract(carrier, contexts.Context()) if carrier else NOWHERE


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "_OTHER"


def _route(scope: Scope) -> str:
    # A route of an included router knows its path without the prefixes; FastAPI keeps the whole one here.
    included = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(included or scope.get("route"), "path_format", None)
    return path if isinstance(path, str) else "unmatched"


def _describe(span: Span, scope: Scope, route: str, code: int) -> None:
    method = _method(scope)
    span.update_name(method if route == "unmatched" else f"{method} {route}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.response.status_code": code,
            "http.route": route,
            "url.path": route,
            "url.scheme": scope["scheme"],
            "network.protocol.version": scope["http_version"],
        }
    )
    if code >= NO_ANSWER:
        span.set_attribute("error.type", str(code))
        span.set_status(Status(StatusCode.ERROR))
