"""What a command prints with `--json`: what it names itself, else what the services answered."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class _Output:
    """Values that a command named itself, bodies of responses, and lines, in order."""

    own: list[Any] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


_output: ContextVar[_Output] = ContextVar("json_output")


def begin() -> None:
    """Forget what an earlier command in this process printed."""
    _output.set(_Output())


def emit(value: Any) -> None:
    """Name what the command prints as JSON, in place of the responses."""
    _output.get().own.append(value)


def collect(responses: Iterable[httpx.Response]) -> None:
    """Add what the services answered, as far as it is JSON."""
    output = _output.get(None)
    if output is not None:
        is_json = (r for r in responses if r.headers.get("content-type", "").endswith("json"))
        output.bodies += [response.json() for response in is_json]


def add_line(line: str) -> None:
    """Add a line that would be printed, for a command that asks no service."""
    _output.get().lines.append(line)


def result() -> Any:
    """Return the one value, or the list of all."""
    output = _output.get()
    values = output.own or output.bodies or [{"lines": output.lines}]
    return values[0] if len(values) == 1 else values
