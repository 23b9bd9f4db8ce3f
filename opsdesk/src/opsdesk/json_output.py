"""What a command prints with `--json`: what it names itself, else what the services answered."""

import json
import sys
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
    is_stream: bool = False


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


def write_line(value: Any) -> None:
    """Print one value of a stream at once, on a line of its own; the command prints nothing else."""
    _output.get().is_stream = True
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def add_line(line: str) -> None:
    """Add a line that would be printed, for a command that asks no service."""
    _output.get().lines.append(line)


def write_result() -> None:
    """Print the one value, or the list of all.

    In ASCII, so that nothing that customers wrote acts on the terminal.
    """
    output = _output.get()
    if output.is_stream:
        return
    values = output.own or output.bodies or [{"lines": output.lines}]
    value = values[0] if len(values) == 1 else values
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
