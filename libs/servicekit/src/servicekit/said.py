"""What a command leaves in the log beside what it says: who gave it, and in which trace."""

import uuid_utils
from contracts import Meta
from opentelemetry import trace

from servicekit.auth import Actor


def traceparent() -> str:
    """The W3C trace context of what is served now, "" outside of any trace."""
    span = trace.get_current_span().get_span_context()
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}" if span.is_valid else ""


def meta(actor: Actor | str, correlation: str = "", channel: str = "", regulation: str = "") -> Meta:
    """The meta of events that this actor causes; a correlation of their own (UUIDv7) where none is given."""
    name = actor if isinstance(actor, str) else f"{actor.role}:{actor.name}"
    return Meta(
        actor=name,
        correlation=correlation or str(uuid_utils.uuid7()),
        traceparent=traceparent(),
        channel=channel,
        regulation=regulation,
    )
