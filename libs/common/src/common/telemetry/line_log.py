"""Lines of a log that are safe by themselves, written beside structlog: it costs more than accepting a ticket.

The lines of one turn of the event loop leave by one write. One for each event that took effect and for each
deadline that fired: so a ticket's trace is found in the log of every service. They hold ids, types and numbers.
"""

import asyncio
import json
import sys
from functools import lru_cache
from typing import Literal, TextIO

from common.now import now
from common.telemetry.redaction import redact


class LineLog:
    """The lines of one process. It may be called from the event loop only."""

    def __init__(self, service: str, form: Literal["json", "console"], stream: TextIO) -> None:
        self._as_json = form == "json"
        self._service = json.dumps(service)
        self._stream = stream
        self._lines: list[str] = []

    def write(self, event: str, trace_id: str, members: str, plain: str) -> None:
        """Write a line: `members` are more members of the JSON object, `plain` is for a terminal."""
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        at = f"{now().isoformat()[:-6]}Z"  # strftime takes twice as long
        if self._as_json:
            self._lines.append(
                f'{{"event": "{event}", "timestamp": "{at}", "service": {self._service},'
                f' "trace_id": "{trace_id}", {members}}}\n'
            )
        else:
            self._lines.append(f"{at} {plain}\n")

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        self._stream.write("".join(lines))
        self._stream.flush()


class _Configured:
    """The log of this process; none until configured."""

    log: LineLog | None = None


def configure_line_log(
    service: str, form: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Write such lines to stderr (or `stream`) from now on."""
    _Configured.log = LineLog(service, form, stream or sys.stderr)


def configured_line_log() -> LineLog | None:
    """Return the log of this process, if it writes any."""
    return _Configured.log


def log_applied(type_: str, subject: str, key: str, sequence: int, trace_id: str) -> None:
    """Write that an event took effect here."""
    if (log := _Configured.log) is not None:
        members = (
            f'"type": {_text(type_)}, "subject": {_id(subject)}, "key": {_id(key)},'
            f' "sequence": {sequence}'
        )
        log.write("event.applied", trace_id, members, f"{type_} {_id(subject)} {sequence} applied")


def log_fired(kind: str, subject: str, lag_s: float, *, blind: bool, trace_id: str) -> None:
    """Write that a deadline fired, `lag_s` seconds late; `blind`: without all events being known."""
    if (log := _Configured.log) is not None:
        members = (
            f'"kind": {_text(kind)}, "subject": "{subject}", "lag_ms": {lag_s * 1000:.1f},'
            f' "fired_without_events": {"true" if blind else "false"}'
        )
        log.write("deadline.fired", trace_id, members, f"{kind} {subject} fired")


@lru_cache(maxsize=1024)
def _text(text: str) -> str:
    return json.dumps(text)


def _id(text: str) -> str:
    # Some identity providers take an address as `sub`.
    return json.dumps(redact(text) if "@" in text else text)
