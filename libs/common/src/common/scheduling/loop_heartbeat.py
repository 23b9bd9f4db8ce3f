"""How alive a loop is: how often it has turned, and the longest it was silent. Real time."""

import asyncio
from datetime import timedelta


class Pulse:
    """Counted until somebody has written it down (`written`)."""

    def __init__(self) -> None:
        self.looks = 0
        self._longest = 0.0
        self._last: float | None = None

    def looked(self) -> None:
        """The loop has turned."""
        now = asyncio.get_running_loop().time()
        if self._last is not None:
            self._longest = max(self._longest, now - self._last)
        self._last = now
        self.looks += 1

    @property
    def longest(self) -> timedelta:
        """The longest pause between two turns, the present one included."""
        if self._last is None:
            return timedelta(0)
        present = asyncio.get_running_loop().time() - self._last
        return timedelta(seconds=max(self._longest, present))

    def written(self) -> None:
        self.looks = 0
        self._longest = 0.0
