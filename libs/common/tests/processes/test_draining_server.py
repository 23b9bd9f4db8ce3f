"""A server that is told to end says so, also where it does not drain: its last lines are how somebody finds why it is gone."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import uvicorn

from common.http.drain import Drain
from common.processes import draining_server
from common.processes.draining_server import DrainingServer


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields["seconds"]))


@pytest.mark.parametrize(
    ("drain_s", "ends", "logged", "is_over"),
    [
        (0, [False], [("draining", 0)], True),
        (5, [True], [("draining", 0)], True),
        (5, [False], [("draining", 5)], False),
        (5, [False, False], [("draining", 5), ("draining", 0)], True),
    ],
    ids=["without draining", "at once", "drains", "told twice"],
)
async def test_an_end_is_logged_with_the_seconds_of_draining(
    monkeypatch: pytest.MonkeyPatch,
    drain_s: float,
    ends: Sequence[bool],
    logged: Sequence[tuple[str, float]],
    is_over: bool,
) -> None:
    log = Log()
    monkeypatch.setattr(draining_server, "log", log)
    drain = Drain()
    server = DrainingServer(uvicorn.Config(_app), drain, drain_s)
    for at_once in ends:
        server.end(at_once=at_once)
    await asyncio.sleep(0)
    assert log.lines == logged
    assert drain.has_begun
    assert server.should_exit == is_over


async def _app(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("nothing is asked here")
