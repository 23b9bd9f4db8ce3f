"""The counters of the rate limits: exact, and dropped when their window has ended."""

from datetime import UTC, datetime, timedelta

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter

from common.http import window_storage
from common.http.window_storage import WindowStorage

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
TWO = RateLimitItemPerMinute(2)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds after nine, by the clock of the limits."""
    seconds = [0.0]
    monkeypatch.setattr(window_storage, "now", lambda: NINE + timedelta(seconds=seconds[0]))
    monkeypatch.setattr("time.time", lambda: NINE.timestamp() + seconds[0])
    return seconds


async def test_a_window_begins_with_its_first_request(at: list[float]) -> None:
    windows = FixedWindowRateLimiter(WindowStorage())
    at[0] = 30
    assert [await windows.hit(TWO, "anna") for _ in range(3)] == [True, True, False]
    assert await windows.hit(TWO, "omar")
    at[0] = 89
    assert not await windows.test(TWO, "anna")
    assert (await windows.get_window_stats(TWO, "anna")).reset_time == NINE.timestamp() + 90
    at[0] = 90
    assert await windows.test(TWO, "anna")
    assert await windows.hit(TWO, "anna")


async def test_counters_of_ended_windows_are_dropped(at: list[float]) -> None:
    storage = WindowStorage()
    for number in range(100):
        await storage.incr(f"caller {number}", 60)
    at[0] = 61
    await storage.incr("anna", 60)
    assert set(storage.storage) == set(storage.expirations) == {"anna"}


async def test_a_clock_that_is_set_back_locks_nobody_out(at: list[float]) -> None:
    """For the hour by which it is late, who was at the limit would have stayed there."""
    windows = FixedWindowRateLimiter(WindowStorage())
    at[0] = 3600
    assert [await windows.hit(TWO, "anna") for _ in range(3)] == [True, True, False]
    at[0] = 0
    assert await windows.hit(TWO, "anna")
    assert (await windows.get_window_stats(TWO, "anna")).reset_time == NINE.timestamp() + 60
