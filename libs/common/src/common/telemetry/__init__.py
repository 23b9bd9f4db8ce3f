"""Logs (structlog), metrics (Prometheus) and traces (OpenTelemetry).

They contain no words and no contact data of anybody, and no secrets. A security event names the network
address of a caller who was not recognised.
"""

from common.settings import Settings
from common.telemetry import metrics
from common.telemetry.batch_tracing import Cause, batch_span, traceparent_of, within_trace_of
from common.telemetry.line_log import configure_line_log, log_applied, log_fired
from common.telemetry.logs import configure_logs, logger
from common.telemetry.redaction import redact
from common.telemetry.request_log import log_request
from common.telemetry.tracing import (
    configure_tracing,
    current_traceparent,
    flush_traces,
    record_span,
    span,
    trace_id,
)

__all__ = [
    "Cause",
    "batch_span",
    "configure",
    "configure_logs_of",
    "current_traceparent",
    "flush_traces",
    "log_applied",
    "log_fired",
    "log_request",
    "logger",
    "metrics",
    "record_span",
    "redact",
    "span",
    "trace_id",
    "traceparent_of",
    "within_trace_of",
]


def configure_logs_of(service: str, settings: Settings) -> None:
    """Set up the logs alone: for a process that will fork, and must have no threads until then."""
    configure_logs(service, settings.log_format)


def configure(service: str, settings: Settings) -> None:
    """Set up logs and traces of this process, once, before anything else."""
    configure_logs_of(service, settings)
    configure_line_log(service, settings.log_format)
    configure_tracing(service, settings.otlp_endpoint, settings.trace_sample_ratio)
