"""A trace goes from request to event to handler; what is not sampled costs next to nothing."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import REGISTRY

from common.telemetry import current_traceparent, flush_traces, metrics, span, trace_id
from common.telemetry.tracing import configure_tracing
from opsdesk_testing.otlp_receiver import otlp_receiver

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is exported when everything is sampled."""
    exporter = InMemorySpanExporter()
    configure_tracing("sla", None, 1.0, processor=SimpleSpanProcessor(exporter))
    yield exporter
    configure_tracing("sla", None, 0)


def test_a_span_continues_the_events_trace(spans: InMemorySpanExporter) -> None:
    with span("handle", SAMPLED) as handling:
        handling.set("topic", "opsdesk.tickets")
        assert trace_id() == SAMPLED[3:35]
    (finished,) = spans.get_finished_spans()
    assert finished.parent is not None
    assert f"{finished.parent.span_id:016x}" == SAMPLED[36:52]
    assert finished.attributes == {"topic": "opsdesk.tickets"}


def test_what_is_announced_inside_belongs_to_the_trace(spans: InMemorySpanExporter) -> None:
    with span("request"):
        outer = current_traceparent()
        with span("statement"):
            inner = current_traceparent()
        assert current_traceparent() == outer
    assert current_traceparent() is None
    assert outer is not None
    assert inner is not None
    assert outer[3:35] == inner[3:35]
    assert outer[36:52] != inner[36:52]


def test_an_unsampled_trace_stays_unsampled_but_keeps_its_id(spans: InMemorySpanExporter) -> None:
    with span("handle", UNSAMPLED):
        assert trace_id() == UNSAMPLED[3:35]
    assert not spans.get_finished_spans()


def test_an_outsider_does_not_decide_what_is_traced() -> None:
    exporter = InMemorySpanExporter()
    configure_tracing("sla", None, 0.0, processor=SimpleSpanProcessor(exporter))
    with span("request", SAMPLED, untrusted=True):
        assert trace_id() == SAMPLED[3:35]
    configure_tracing("sla", None, 0)
    assert not exporter.get_finished_spans()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "00-0-0-01",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        SAMPLED[:36] + "0" * 16 + "-01",
        SAMPLED + "-x",
        SAMPLED.upper(),
        "ff" + SAMPLED[2:],
        "ff" * 99,
        "00" * 999,
    ],
)
def test_a_malformed_context_is_ignored(wrong: str) -> None:
    with span("request", wrong, untrusted=True):
        written = current_traceparent() or ""
        assert _read(written).is_valid
        assert written[3:35] not in wrong


def test_a_context_of_a_later_version_is_understood() -> None:
    """W3C Trace Context, 3.2.4: what is known of it stands where it stood; what we write is 00."""
    with span("request", "01" + SAMPLED[2:] + "-more", untrusted=True):
        assert trace_id() == SAMPLED[3:35]
        assert (current_traceparent() or "").startswith("00-")


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_is_sent_along_can_be_read_by_others(
    spans: InMemorySpanExporter, share: float
) -> None:
    configure_tracing("sla", None, share, processor=SimpleSpanProcessor(spans))
    with span("request", UNSAMPLED, untrusted=True):
        found = _read(current_traceparent() or "")
    assert f"{found.trace_id:032x}" == UNSAMPLED[3:35]
    assert found.trace_flags.sampled == bool(share)


def _read(traceparent: str) -> trace.SpanContext:
    context = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
    return trace.get_current_span(context).get_span_context()


def test_the_text_of_an_error_is_not_exported(spans: InMemorySpanExporter) -> None:
    def fail() -> None:
        with span("request"):
            raise ValueError("jan@acme.example")

    with pytest.raises(ValueError, match="jan"):
        fail()
    (finished,) = spans.get_finished_spans()
    assert not finished.events
    assert finished.status.description == "ValueError"


def test_every_metric_is_ours_by_name() -> None:
    ours = [name for name in vars(metrics) if name.isupper() and name != "FAST"]
    assert len(ours) > 20
    names = {family.name for family in REGISTRY.collect()}
    assert all(name.startswith(("opsdesk_", "python_", "process_")) for name in names), names


def test_spans_reach_a_collector() -> None:
    """OTLP over HTTP, at the path that the protocol names; what is held back goes out at the end."""
    with otlp_receiver() as collector:
        configure_tracing("sla", collector.endpoint, 1.0)
        with span("request", kind=trace.SpanKind.SERVER):
            here = trace_id()
        flush_traces()
        configure_tracing("sla", None, 0)
    assert collector.paths == ["/v1/traces"]
    assert [(one.service, one.name, one.trace_id) for one in collector.spans] == [
        ("opsdesk-sla", "request", here)
    ]
