"""The counters of the rate limits.

The library's own storage starts a task with every request, which visits the counters of all callers: 8 µs
for one caller, 110 µs for a thousand.
"""

from typing import Final

from limits.aio.storage import MemoryStorage

from common.now import now

SWEEP_INTERVAL_S: Final = 10.0
"""Seconds after which counters are dropped whose window has ended."""


class WindowStorage(MemoryStorage):
    """Counters in memory. Nothing waits in `incr`, so that it needs no lock."""

    def __init__(self) -> None:
        super().__init__()
        self._swept_at = 0.0

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, in a window of `expiry` seconds that begins with the first one; return the count."""
        at = now().timestamp()
        if abs(at - self._swept_at) > SWEEP_INTERVAL_S:
            self._sweep(at)
        # A window that ends later than it could is of a clock that was set back since.
        if not at < self.expirations.get(key, 0.0) <= at + expiry:
            self.expirations[key] = at + expiry
            self.storage[key] = 0
        self.storage[key] += amount
        return self.storage[key]

    def _sweep(self, at: float) -> None:
        self._swept_at = at
        for key in [key for key, end in self.expirations.items() if end <= at]:
            del self.expirations[key], self.storage[key]
