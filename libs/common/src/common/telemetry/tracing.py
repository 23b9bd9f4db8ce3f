"""Traces: a W3C trace context for every request and event, spans for the sampled ones.

Contexts from elsewhere are read, and those of spans written, by OpenTelemetry's own propagator. Without
sampling only the context is passed on (one short string): OpenTelemetry's spans would cost a third of
the throughput of creating tickets.
"""

import random
from contextvars import ContextVar, Token
from types import TracebackType
from typing import NamedTuple, Self

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACE_ID_RANGE = 1 << 64
_NOTHING = Context()
_W3C = TraceContextTextMapPropagator()


class _AsHeader(Getter[str]):
    """Lets the propagator read a bare `traceparent`; no `tracestate` comes with it."""

    def get(self, carrier: str, key: str) -> list[str] | None:
        return [carrier] if key == "traceparent" else None

    def keys(self, carrier: str) -> list[str]:
        return ["traceparent"]


_AS_HEADER = _AsHeader()

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


class _Tracing:
    """The tracer of this process and its sampling bound; off until configured."""

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
    """Send `sample_ratio` (0 to 1) of the traces to `endpoint`; without one record nothing."""
    if endpoint:
        processor = BatchSpanProcessor(_exporter(_traces_url(endpoint)))
    if processor is None:
        _Tracing.provider, _Tracing.tracer, _Tracing.sampled_below = None, None, 0
        return
    provider = TracerProvider(resource=Resource.create({"service.name": f"opsdesk-{service}"}))
    provider.add_span_processor(processor)
    _Tracing.provider = provider
    _Tracing.tracer = provider.get_tracer("opsdesk")
    _Tracing.sampled_below = round(sample_ratio * TRACE_ID_RANGE)


def _exporter(url: str) -> SpanExporter:
    # Imported where it is needed: 4 MiB in each process, and most send no traces.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(url)


def _traces_url(endpoint: str) -> str:
    """Return the collector's URL with the path for traces of OTLP over HTTP."""
    return endpoint if endpoint.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"


def flush_traces() -> None:
    """Send buffered spans, at the end of the process. Blocks for some seconds at most."""
    if _Tracing.provider is not None:
        _Tracing.provider.shutdown()


def current_traceparent() -> str | None:
    """Return the present W3C `traceparent`, to be sent with events."""
    return _current.get()


def trace_id() -> str | None:
    """Return the trace id (32 hex digits), which people quote when they report an error."""
    traceparent = _current.get()
    return traceparent[3:35] if traceparent else None


class span:
    """A span: `with span("sla on_tickets_opened", traceparent): …`.

    Without `traceparent` it continues the present trace or begins one; a malformed one is ignored.
    With `untrusted=True` the caller's sampling flag is ignored: the ratio decides, by the trace id,
    so that all services decide the same.
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
        above = _read(self._parent) if self._parent else _here()
        trace = f"{random.getrandbits(128) or 1:032x}" if above is None else above.trace
        sampled = _is_sampled(trace) if above is None or self._untrusted else above.sampled
        if _Tracing.tracer is not None and sampled:
            here = self._begin(_Tracing.tracer, trace, above)
        else:
            here = f"00-{trace}-{_new_span_id() if above is None else above.span}-00"
        self._token = _current.set(here)
        return self

    def _begin(self, tracer: Tracer, trace: str, above: "_Parent | None") -> str:
        parent = _new_span_id() if above is None else above.span
        remote = SpanContext(int(trace, 16), int(parent, 16), True, TraceFlags(TraceFlags.SAMPLED))
        context = set_span_in_context(NonRecordingSpan(remote), Context())
        started = tracer.start_span(self._name, context)
        self._span = started if isinstance(started, Span) else None
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, set_span_in_context(started, Context()))
        return carrier["traceparent"]

    def set(self, name: str, value: str | float | bool) -> None:
        """Set an attribute of the span (no personal data), if it is sampled."""
        if self._span is not None:
            self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        """Rename the span: the route of a request is known only after matching."""
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
                # The type alone: the text of an error may contain personal data.
                self._span.set_status(Status(StatusCode.ERROR, kind.__name__))
            self._span.end()


class _Parent(NamedTuple):
    """What a span continues: ids in hex digits."""

    trace: str
    span: str
    sampled: bool


def _read(traceparent: str) -> _Parent | None:
    """A context from elsewhere; None where it is none."""
    context = _W3C.extract(traceparent, _NOTHING, _AS_HEADER)
    found = get_current_span(context).get_span_context()
    if not found.is_valid:
        return _here()
    ids = format_trace_id(found.trace_id), format_span_id(found.span_id)
    return _Parent(*ids, found.trace_flags.sampled)


def _here() -> _Parent | None:
    """The present context, which was written here and needs no check."""
    here = _current.get()
    return _Parent(here[3:35], here[36:52], here.endswith("1")) if here else None


def _is_sampled(trace: str) -> bool:
    return int(trace[16:], 16) < _Tracing.sampled_below


def _new_span_id() -> str:
    return f"{random.getrandbits(64) or 1:016x}"
