"""Logs: one line per event, as JSON or for a terminal, without personal data."""

import logging
import sys
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from common.telemetry.redaction import redact
from common.telemetry.tracing import trace_id

NOISY_LOGGERS = ("aiokafka", "alembic", "httpcore", "httpx", "sqlalchemy.engine", "uvicorn.error")


def configure_logs(
    service: str, form: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Write records of structlog and of the standard library to stderr (or `stream`)."""

    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        event.pop("color_message", None)  # a copy of the message, from uvicorn
        if found := trace_id():
            event["trace_id"] = found
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(form),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module: `log = logger(__name__)`, then `log.info("sealed", number=3)`."""
    return structlog.stdlib.get_logger(name)


def _renderer(form: Literal["json", "console"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    internal = {key: event[key] for key in ("_record", "_from_structlog") if key in event}
    visible = cast(dict[str, Any], redact({k: v for k, v in event.items() if k not in internal}))
    return {**visible, **internal}
