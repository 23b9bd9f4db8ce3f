"""Traces: a W3C trace context for every request and event, spans for the sampled ones.

Without sampling only the context is passed on (one short string): OpenTelemetry's spans would cost a third
of the throughput of creating tickets.
"""

import random
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, Tracer

from common.telemetry.trace_context import (
    TraceContext,
    read_foreign,
    read_own,
    remote,
    under,
    written,
)

TRACE_ID_RANGE = 1 << 64

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
    so that all services decide the same. `links` are contexts of ours of other traces that it belongs to.
    """

    __slots__ = ("_kind", "_links", "_name", "_parent", "_span", "_token", "_untrusted")

    def __init__(
        self,
        name: str,
        traceparent: str | None = None,
        *,
        untrusted: bool = False,
        kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[str] = (),
    ) -> None:
        self._name = name
        self._parent = traceparent
        self._untrusted = untrusted
        self._kind = kind
        self._links = links
        self._span: Span | None = None
        self._token: Token[str | None] | None = None

    def __enter__(self) -> Self:
        above = (self._parent and read_foreign(self._parent)) or _here()
        trace = above.trace if above else f"{random.getrandbits(128) or 1:032x}"
        sampled = above.sampled if above and not self._untrusted else _is_sampled(trace)
        parent = TraceContext(trace, above.span if above else _new_span_id(), sampled)
        here = str(parent)
        if _Tracing.tracer is not None and sampled:
            self._span, here = begin_span(self._name, parent, self._kind, self._links)
        elif sampled:
            here = str(parent._replace(sampled=False))
        self._token = _current.set(here)
        return self

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
            end_span(self._span, kind)


class continued:
    """A context of ours as the present one, without a span: `with continued(traceparent): …`."""

    __slots__ = ("_token", "_traceparent")

    def __init__(self, traceparent: str) -> None:
        self._traceparent = traceparent

    def __enter__(self) -> None:
        self._token = _current.set(self._traceparent)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def is_recorded(traceparent: str | None) -> bool:
    """Return whether spans that continue this context of ours are sent anywhere."""
    return _Tracing.tracer is not None and traceparent is not None and traceparent.endswith("1")


def begin_span(
    name: str,
    parent: TraceContext,
    kind: SpanKind,
    links: Sequence[str] = (),
    began_ns: int | None = None,
) -> tuple[Span | None, str]:
    """Begin a span of a sampled trace. Returns it with its own context. Needs a configured tracer.

    `began_ns` is a moment in the past (Unix time).
    """
    assert _Tracing.tracer is not None
    others = [Link(remote(read_own(one))) for one in links]
    started = _Tracing.tracer.start_span(
        name, under(parent), kind, links=others, start_time=began_ns
    )
    return (started if isinstance(started, Span) else None), written(started)


def end_span(one: Span, error: type[BaseException] | None) -> None:
    """End a span. Of an error the type alone: its text may contain personal data."""
    if error is not None:
        one.set_status(Status(StatusCode.ERROR, error.__name__))
    one.end()


def record_span(
    name: str, traceparent: str, kind: SpanKind, began_ns: int, attributes: Mapping[str, str]
) -> None:
    """Record what ends now and began before, as a part of a trace of ours; only if that is sampled."""
    if is_recorded(traceparent):
        recorded, _ = begin_span(name, read_own(traceparent), kind, (), began_ns)
        if recorded is not None:
            recorded.set_attributes(attributes)
            recorded.end()


def _here() -> TraceContext | None:
    here = _current.get()
    return read_own(here) if here else None


def _is_sampled(trace: str) -> bool:
    return int(trace[16:], 16) < _Tracing.sampled_below


def _new_span_id() -> str:
    return f"{random.getrandbits(64) or 1:016x}"
