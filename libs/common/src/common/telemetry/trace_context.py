"""W3C trace contexts: read and written by OpenTelemetry's own propagator."""

from typing import NamedTuple

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_NOTHING = Context()
_W3C = TraceContextTextMapPropagator()


class TraceContext(NamedTuple):
    """What a span continues: ids in hex digits."""

    trace: str
    span: str
    sampled: bool

    def __str__(self) -> str:
        """As it is sent along."""
        return f"00-{self.trace}-{self.span}-{int(self.sampled):02}"


class _AsHeader(Getter[str]):
    """Lets the propagator read a bare `traceparent`; no `tracestate` comes with it."""

    def get(self, carrier: str, key: str) -> list[str] | None:
        return [carrier] if key == "traceparent" else None

    def keys(self, carrier: str) -> list[str]:
        return ["traceparent"]


_AS_HEADER = _AsHeader()


def read_foreign(traceparent: str) -> TraceContext | None:
    """Read a context from elsewhere; None where it is none."""
    context = _W3C.extract(traceparent, _NOTHING, _AS_HEADER)
    found = get_current_span(context).get_span_context()
    if not found.is_valid:
        return None
    ids = format_trace_id(found.trace_id), format_span_id(found.span_id)
    return TraceContext(*ids, found.trace_flags.sampled)


def read_own(traceparent: str) -> TraceContext:
    """Read a context that was written here, and needs no check."""
    return TraceContext(traceparent[3:35], traceparent[36:52], traceparent.endswith("1"))


def written(span: Span) -> str:
    """Return the context of a span, to be sent along."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, set_span_in_context(span, Context()))
    return carrier["traceparent"]


def remote(context: TraceContext) -> SpanContext:
    """Return a context as OpenTelemetry has it, for a parent or a link that is sampled."""
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(context.trace, 16), int(context.span, 16), True, sampled)


def under(context: TraceContext) -> Context:
    """Return the context in which a span begins that continues this one."""
    return set_span_in_context(NonRecordingSpan(remote(context)), Context())
