"""The heartbeat of a loop: its iterations and the longest gap between two, in real time."""

import asyncio
from datetime import timedelta


class LoopHeartbeat:
    """Counts since the last `reset`."""

    def __init__(self) -> None:
        self.iterations = 0
        self._longest_gap = 0.0
        self._last_beat: float | None = None

    def beat(self) -> None:
        """Count an iteration."""
        now = asyncio.get_running_loop().time()
        if self._last_beat is not None:
            self._longest_gap = max(self._longest_gap, now - self._last_beat)
        self._last_beat = now
        self.iterations += 1

    @property
    def longest_gap(self) -> timedelta:
        """The longest gap between two iterations, the present one included."""
        if self._last_beat is None:
            return timedelta(0)
        current_gap = asyncio.get_running_loop().time() - self._last_beat
        return timedelta(seconds=max(self._longest_gap, current_gap))

    def reset(self) -> None:
        self.iterations = 0
        self._longest_gap = 0.0
