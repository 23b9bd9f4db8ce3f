"""How alive a loop is: how often it has turned, and the longest it was silent. Real time."""

import asyncio
from datetime import timedelta


class LoopHeartbeat:
    """Counted until somebody has written it down (`written`)."""

    def __init__(self) -> None:
        self.iterations = 0
        self._longest_gap = 0.0
        self._last_beat: float | None = None

    def beat(self) -> None:
        """The loop has turned."""
        now = asyncio.get_running_loop().time()
        if self._last_beat is not None:
            self._longest_gap = max(self._longest_gap, now - self._last_beat)
        self._last_beat = now
        self.iterations += 1

    @property
    def longest_gap(self) -> timedelta:
        """The longest pause between two turns, the present one included."""
        if self._last_beat is None:
            return timedelta(0)
        current_gap = asyncio.get_running_loop().time() - self._last_beat
        return timedelta(seconds=max(self._longest_gap, current_gap))

    def reset(self) -> None:
        self.iterations = 0
        self._longest_gap = 0.0
