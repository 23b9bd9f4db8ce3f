"""Rate limits: a fixed window of a minute per caller, and one per address for failed attempts.

Per replica and in memory: they protect the service from a client in a loop, they are not a quota.
"""

from limits import RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter

from common.errors import TooManyRequests
from common.http.window_storage import WindowStorage
from common.now import now
from common.telemetry import metrics


class RateLimiter:
    """Allows `per_minute` requests of a caller, and a tenth of that in failed attempts of an address."""

    def __init__(self, per_minute: int) -> None:
        self._caller = RateLimitItemPerMinute(per_minute, namespace="caller")
        self._address = RateLimitItemPerMinute(max(1, per_minute // 10), namespace="address")
        self._windows = FixedWindowRateLimiter(WindowStorage())

    async def count(self, caller: str, cost: int = 1) -> None:
        """Count a request of this caller, at its cost. Raises TooManyRequests beyond the limit."""
        if not await self._windows.hit(self._caller, caller, cost=cost):
            await self._reject(self._caller, caller)

    async def count_refused(self, address: str) -> None:
        """Count an attempt of this address without a valid token."""
        await self._windows.hit(self._address, address)

    async def check_address(self, address: str) -> None:
        """Raise TooManyRequests if this address tried too often without a valid token."""
        if not await self._windows.test(self._address, address):
            await self._reject(self._address, address)

    async def _reject(self, item: RateLimitItemPerMinute, subject: str) -> None:
        metrics.HTTP_RATE_LIMITED.inc()
        window = await self._windows.get_window_stats(item, subject)
        raise TooManyRequests(max(1, round(window.reset_time - now().timestamp())))
