"""Traces: one provider per process, exported by OTLP only where an endpoint is named."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
EXPORT_SECONDS = 1.0


def setup(service_name: str, *processors: SpanProcessor) -> TracerProvider:
    """The service's tracer provider, made the global one unless the process has one already.

    Without a processor nobody could see a span, so none is recorded: trace ids are still made and passed on.
    """
    seen_by = (*processors, *_exporters())
    resource = Resource.create({SERVICE_NAME: service_name, SERVICE_NAMESPACE: "reglament"})
    provider = TracerProvider(ParentBased(ALWAYS_ON) if seen_by else ALWAYS_OFF, resource)
    for processor in seen_by:
        provider.add_span_processor(processor)
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(provider)
    return provider


def _exporters() -> list[SpanProcessor]:
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return []
    # A collector that is away must not hold up a shutdown that has 5 s in all.
    return [BatchSpanProcessor(OTLPSpanExporter(timeout=EXPORT_SECONDS))]


def trace_id() -> str | None:
    """The current trace's id as 32 hex digits, None outside of any trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
