"""Traces reach a collector where there is one; a process of its own, since OpenTelemetry is set up once."""

import asyncio
import sys

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.telemetry import traces
from tests.loopback import served

PROGRAM = """
import sys
from opentelemetry import trace
from bot.telemetry import traces
traces.configure(sys.argv[1])
try:
    with traces.span("slack command"):
        assert traces.trace_id()
        with traces.span("views.open"):
            raise ValueError("Tom Reed owes us")
except ValueError:
    pass
trace.get_tracer_provider().shutdown()
"""


async def test_a_collector_gets_spans_without_words() -> None:
    """Over OTLP/HTTP: the request, and the call of Slack within it."""
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def collect(request: web.Request) -> web.Response:
        sent.put_nowait(await request.read())
        return web.Response(content_type="application/x-protobuf")

    site = web.Application()
    site.router.add_post("/v1/traces", collect)
    async with served(site) as endpoint:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, endpoint)
        body = await asyncio.wait_for(sent.get(), 30)
        assert await process.wait() == 0
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    spans = {span.name: span for scope in resource.scope_spans for span in scope.spans}
    assert set(spans) == {"slack command", "views.open"}
    assert spans["views.open"].parent_span_id == spans["slack command"].span_id
    assert b"Tom" not in body
    assert b"factormate" in body


async def test_without_a_collector_there_is_nothing() -> None:
    """Not even an id for the log."""
    traces.configure(None)
    with traces.span("slack command"):
        assert traces.trace_id() is None


def test_a_collector_without_the_packages_for_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what is missing, and all goes on without traces."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)
    traces.configure("http://127.0.0.1:4318")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT is set, but opentelemetry.exporter" in caplog.text
    assert traces.trace_id() is None
