"""A trace goes from request to event to handler; what is not sampled costs next to nothing."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from common.telemetry import current_traceparent, flush_traces, metrics, span, trace_id
from common.telemetry.tracing import TRACEPARENT, configure_tracing

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
    "wrong", ["", "00-0-0-01", "00-" + "0" * 32 + "-b7ad6b7169203331-01", SAMPLED + "-x", "ff" * 99]
)
def test_a_malformed_context_is_ignored(wrong: str) -> None:
    with span("request", wrong, untrusted=True):
        assert TRACEPARENT.fullmatch(current_traceparent() or "")


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
    asked: list[tuple[str, int]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, len(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        configure_tracing("sla", f"http://127.0.0.1:{server.server_port}", 1.0)
        with span("request"):
            pass
        flush_traces()
        configure_tracing("sla", None, 0)
        server.shutdown()
    assert [path for path, _ in asked] == ["/v1/traces"]
    assert asked[0][1] > 0
