"""Traces: W3C trace contexts for every request and event, spans for the sampled share.

Of what is not sampled only the context travels (two small strings): OpenTelemetry itself would
cost the accept route a third of its throughput.
"""

import random
import re
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
TRACE_ID_RANGE = 1 << 64

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class _Tracing:
    """This process's tracer and the share of traces that it takes; off until configured."""

    provider: TracerProvider | None = None
    tracer: Tracer | None = None
    sampled_below: int = 0


def configure_tracing(
    service: str,
    endpoint: str | None,
    sample_ratio: float,
    *,
    processor: SpanProcessor | None = None,
) -> None:
    """Send `share` (0 to 1) of the traces to `endpoint`; without one nothing is recorded."""
    if endpoint:
        processor = BatchSpanProcessor(OTLPSpanExporter(_traces_url(endpoint)))
    if processor is None:
        _Tracing.provider, _Tracing.tracer, _Tracing.sampled_below = None, None, 0
        return
    provider = TracerProvider(resource=Resource.create({"service.name": f"opsdesk-{service}"}))
    provider.add_span_processor(processor)
    _Tracing.provider = provider
    _Tracing.tracer = provider.get_tracer("opsdesk")
    _Tracing.sampled_below = round(sample_ratio * TRACE_ID_RANGE)


def _traces_url(endpoint: str) -> str:
    """A collector's address, with the path that OTLP over HTTP gives to traces."""
    return endpoint if endpoint.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"


def flush_traces() -> None:
    """Send what is still held back. Blocks for some seconds at most: for the end of a process."""
    if _Tracing.provider is not None:
        _Tracing.provider.shutdown()


def current_traceparent() -> str | None:
    """The W3C `traceparent` of what is being done right now, to be sent along with its events."""
    return _current.get()


def trace_id() -> str | None:
    """The trace id (32 hex digits) that people quote when they report an error."""
    traceparent = _current.get()
    return traceparent[3:35] if traceparent else None


class span:
    """`with span("sla on_tickets_opened", traceparent):` what is done inside belongs to that trace.

    Without `traceparent` it continues the current trace or begins one. A malformed one is ignored.
    `outside=True` marks a caller whose wish to be sampled is not followed: the share decides, by
    trace id, so that all services decide alike. Cheap when not sampled.
    """

    __slots__ = ("_name", "_parent", "_span", "_token", "_untrusted")

    def __init__(
        self, name: str, traceparent: str | None = None, *, untrusted: bool = False
    ) -> None:
        self._name = name
        self._parent = traceparent
        self._untrusted = untrusted
        self._span: Span | None = None
        self._token: Token[str | None] | None = None

    def __enter__(self) -> Self:
        parent = self._parent or _current.get()
        match = TRACEPARENT.fullmatch(parent) if parent else None
        trace = match[1] if match else f"{random.getrandbits(128) or 1:032x}"
        sampled = (
            match[3][-1] in "13579bdf" if match and not self._untrusted else _is_sampled(trace)
        )
        if _Tracing.tracer is not None and sampled:
            here = self._begin(_Tracing.tracer, trace, match[2] if match else None)
        else:
            here = f"00-{trace}-{match[2] if match else _new_span_id()}-00"
        self._token = _current.set(here)
        return self

    def _begin(self, tracer: Tracer, trace: str, parent: str | None) -> str:
        above = SpanContext(
            int(trace, 16), int(parent or _new_span_id(), 16), True, TraceFlags(TraceFlags.SAMPLED)
        )
        started = tracer.start_span(
            self._name, set_span_in_context(NonRecordingSpan(above), Context())
        )
        self._span = started if isinstance(started, Span) else None
        return f"00-{trace}-{started.get_span_context().span_id:016x}-01"

    def set(self, name: str, value: str | float | bool) -> None:
        """Note something on the span (nothing personal); nothing happens when not sampled."""
        if self._span is not None:
            self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        """Name the span for what it turned out to be: the route is known after the match."""
        if self._span is not None:
            self._span.update_name(name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
        if self._span is not None:
            if kind is not None:
                # The text of an error may be personal; its type is not.
                self._span.set_status(Status(StatusCode.ERROR, kind.__name__))
            self._span.end()


def _is_sampled(trace: str) -> bool:
    return int(trace[16:], 16) < _Tracing.sampled_below


def _new_span_id() -> str:
    return f"{random.getrandbits(64) or 1:016x}"
