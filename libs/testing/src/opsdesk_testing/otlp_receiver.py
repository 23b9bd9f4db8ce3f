"""An OpenTelemetry collector: takes spans over OTLP/HTTP and keeps them, or drops them."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATH = "/v1/traces"
"""The path that the protocol names."""


@dataclass(frozen=True, slots=True)
class ReceivedSpan:
    """A span as it arrived; ids are hex digits, `links` the ids of other traces."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: int
    links: tuple[str, ...]
    attributes: dict[str, str]


@dataclass(slots=True)
class OtlpReceiver:
    """What came in. `endpoint` is for OPSDESK_OTLP_ENDPOINT."""

    endpoint: str = ""
    spans: list[ReceivedSpan] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        """Keep the spans of a request."""
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            service = _attributes(resource.resource)["service.name"]
            for scope in resource.scope_spans:
                self.spans += (_received(service, span) for span in scope.spans)

    def of(self, trace_id: str) -> list[ReceivedSpan]:
        """Return the spans of a trace."""
        return [one for one in self.spans if one.trace_id == trace_id]


@contextmanager
def otlp_receiver(*, keep: bool = True) -> Iterator[OtlpReceiver]:
    """Run a collector on a port of its own. With `keep=False` it drops what comes, unread."""
    receiver = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if keep:
                receiver.paths.append(self.path)
                is_packed = self.headers.get("Content-Encoding") == "gzip"
                receiver.take(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        receiver.endpoint = f"http://127.0.0.1:{server.server_port}"
        yield receiver
        server.shutdown()


def _received(service: str, span: Any) -> ReceivedSpan:
    return ReceivedSpan(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.kind,
        tuple(link.trace_id.hex() for link in span.links),
        _attributes(span),
    )


def _attributes(owner: Any) -> dict[str, str]:
    return {one.key: one.value.string_value or str(one.value.int_value) for one in owner.attributes}
