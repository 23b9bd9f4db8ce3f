"""Logs (structlog), metrics (Prometheus) and traces (OpenTelemetry).

They contain no words and no contact data of anybody, and no secrets. A security event names the network
address of a caller who was not recognised.
"""

from common.settings import Settings
from common.telemetry import metrics
from common.telemetry.logs import configure_logs, logger
from common.telemetry.redaction import redact
from common.telemetry.request_log import configure_request_log, log_request
from common.telemetry.tracing import (
    configure_tracing,
    current_traceparent,
    flush_traces,
    span,
    trace_id,
)

__all__ = [
    "configure",
    "current_traceparent",
    "flush_traces",
    "log_request",
    "logger",
    "metrics",
    "redact",
    "span",
    "trace_id",
]


def configure(service: str, settings: Settings) -> None:
    """Set up logs and traces of this process, once, before anything else."""
    configure_logs(service, settings.log_format)
    configure_request_log(service, settings.log_format)
    configure_tracing(service, settings.otlp_endpoint, settings.trace_sample_ratio)
