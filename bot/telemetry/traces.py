"""Traces, for whoever runs a collector: nothing is loaded, and nothing costs, unless its address is set.

Spans have kinds and ids that this program makes up itself, as log lines have; what people typed is in none.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from opentelemetry import trace

logger = logging.getLogger(__name__)

_NOTHING: Final = nullcontext()
_open: Any = None
"""Starts a span; None while nobody collects any."""


def configure(endpoint: str | None) -> None:
    """Sends spans to `endpoint` over OTLP/HTTP from here on; says so where the packages for it are missing."""
    global _open
    if endpoint is None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        logger.warning("no traces: OTEL_EXPORTER_OTLP_ENDPOINT is set, but %s is not installed", error.name)
        return
    provider = TracerProvider(resource=Resource.create({"service.name": "factormate"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)
    _open = trace.get_tracer("factormate").start_as_current_span


def span(name: str, attributes: Mapping[str, str] | None = None) -> AbstractContextManager[Any]:
    """Around what is to be seen as a step. An exception is told by its kind alone."""
    if _open is None:
        return _NOTHING
    found: AbstractContextManager[Any] = _open(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )
    return found


def trace_id() -> str | None:
    """Of the span that this line is written in."""
    context = trace.get_current_span().get_span_context() if _open is not None else None
    return f"{context.trace_id:032x}" if context is not None and context.is_valid else None
