"""The HTTP server of a replica, which ends without refusing a request.

When it is told to end it goes on answering for a while, so that whoever distributes requests can leave
it out; only then it stops listening, and answers what is still running. That the replica is unready is
said on the management port, by the process that hears the signal.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from common import telemetry
from common.http.drain import Drain

log = telemetry.logger(__name__)


class UnsignalledServer(uvicorn.Server):
    """A server that leaves signals alone: its process decides what they mean."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class DrainingServer(UnsignalledServer):
    """Drains for `drain_s` seconds when it is told to end; told again, it ends at once."""

    def __init__(self, config: uvicorn.Config, drain: Drain, drain_s: float) -> None:
        super().__init__(config)
        self.drain = drain
        self.drain_s = drain_s

    def end(self, *, at_once: bool) -> None:
        """End after draining, or at once. Running requests are answered in either case."""
        drain_s = 0.0 if at_once or self.drain.has_begun else self.drain_s
        self.drain.begin()
        # Also where nothing is waited for: it is how somebody who finds the replica gone sees that it was stopped.
        log.info("draining", seconds=drain_s)
        if drain_s:
            asyncio.get_running_loop().call_later(drain_s, self._stop)
        else:
            self._stop()

    def _stop(self) -> None:
        self.should_exit = True
