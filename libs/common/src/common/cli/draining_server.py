"""The HTTP server of a replica, which ends without refusing a request.

At SIGTERM it says *unready* and goes on answering, so that whoever distributes requests can leave it
out; only then it stops listening, and answers what is still running.
"""

import asyncio
import signal
from types import FrameType

import uvicorn

from common import telemetry
from common.http.drain import Drain

log = telemetry.logger(__name__)


class DrainingServer(uvicorn.Server):
    """Drains for `drain_s` seconds at the first SIGTERM; a second signal, or SIGINT, ends it at once."""

    def __init__(self, config: uvicorn.Config, drain: Drain, drain_s: float) -> None:
        super().__init__(config)
        self.drain = drain
        self.drain_s = drain_s
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await super().main_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle a signal, between any two instructions of the main thread."""
        is_first_term = sig == signal.SIGTERM and not self.drain.has_begun
        self.drain.begin()
        if is_first_term and self._loop is not None and self.drain_s:
            self._loop.call_soon_threadsafe(self._begin_draining, sig)
        else:
            super().handle_exit(sig, frame)

    def _begin_draining(self, sig: int) -> None:
        log.info("draining", seconds=self.drain_s)
        asyncio.get_running_loop().call_later(self.drain_s, super().handle_exit, sig, None)
