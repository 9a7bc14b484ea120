import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from servicekit import telemetry

TRACE, CALLER = "ab" * 16, "cd" * 8
TICKET = "018f0000-0000-7000-8000-00000000002a"


async def test_a_request_continues_its_callers_trace(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    answer = await client.get("/trace", headers={"traceparent": f"00-{TRACE}-{CALLER}-01"})

    (span,) = spans.get_finished_spans()
    assert answer.json() == TRACE == f"{span.context.trace_id:032x}"
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == CALLER


@pytest.mark.parametrize("sent", ["", "nonsense", f"00-{'0' * 32}-{CALLER}-01", f"ff-{TRACE}-{CALLER}-01", "\xff"])
async def test_a_broken_trace_header_starts_a_new_trace(
    client: httpx.AsyncClient, spans: InMemorySpanExporter, sent: str
) -> None:
    await client.get("/trace", headers=[(b"traceparent", sent.encode("latin-1"))])

    (span,) = spans.get_finished_spans()
    assert span.parent is None


async def test_a_span_names_the_route_and_never_the_ticket(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    await client.post(f"/messages/{TICKET}?token=secret", json={"subject": "private"})

    (span,) = spans.get_finished_spans()
    assert span.name == "POST /messages/{ticket}"
    assert span.kind is SpanKind.SERVER
    assert span.attributes["http.route"] == "/messages/{ticket}"
    assert span.attributes["http.response.status_code"] == 200
    assert not any(word in span.to_json() for word in (TICKET, "secret", "private"))


async def test_a_route_behind_a_prefix_is_named_whole(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    await client.get("/guarded/me")

    assert spans.get_finished_spans()[0].name == "GET /guarded/me"


async def test_our_own_fault_marks_the_span(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    await client.get("/errors/bug")

    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == "500"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_and_scrapes_make_no_span(
    client: httpx.AsyncClient, spans: InMemorySpanExporter, path: str
) -> None:
    await client.get(path)

    assert spans.get_finished_spans() == ()


async def test_metrics_count_by_route_and_never_by_ticket(client: httpx.AsyncClient) -> None:
    await client.post(f"/messages/{TICKET}", json={"subject": "a"})
    await client.get(f"/nowhere/{TICKET}")
    await client.request("BREW", f"/messages/{TICKET}")

    shown = (await client.get("/metrics")).text
    assert 'code="200",method="POST",route="/messages/{ticket}",service="small"' in shown
    assert 'code="404",method="GET",route="unmatched",service="small"' in shown
    assert 'code="405",method="_OTHER",route="/messages/{ticket}",service="small"' in shown
    assert TICKET not in shown


async def test_open_metrics_carry_the_trace_as_exemplar(client: httpx.AsyncClient) -> None:
    await client.get("/trace", headers={"traceparent": f"00-{'12' * 16}-{CALLER}-01"})

    asked = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert asked.headers["content-type"].startswith("application/openmetrics-text")
    assert f'# {{trace_id="{"12" * 16}"}}' in asked.text


@pytest.mark.parametrize("accept", ["application/openmetrics-text; version=x.y", "text/plain; version=;;", "\xff"])
async def test_a_strange_wish_for_metrics_is_served_plainly(client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.get("/metrics", headers=[(b"Accept", accept.encode("latin-1"))])

    assert answer.status_code == 200


def test_without_an_exporter_trace_ids_are_made_and_nothing_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    span = telemetry.setup("small").get_tracer("test").start_span("work")

    assert span.get_span_context().is_valid
    assert not span.is_recording()
