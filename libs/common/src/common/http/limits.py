"""Rate limits: a fixed window of a minute per caller, per refused token, and per address.

Per replica and in memory: they protect the service from a client in a loop, they are not a quota. Who has
a valid token is counted by it alone: no neighbour behind the same address can lock them out.
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter

from common.errors import TooManyRequests
from common.http.window_storage import WindowStorage
from common.now import now
from common.telemetry import metrics

WINDOW_S: Final = 60
MAX_REFUSED_TOKENS: Final = 10_000
"""Refused tokens that are remembered; the oldest is forgotten."""
REPEATS_PER_MINUTE: Final = 60
"""How often a minute one and the same refused token is looked at."""


class RateLimiter:
    """Allows `per_minute` requests of a caller, and a tenth of that of an address without a caller."""

    def __init__(self, per_minute: int) -> None:
        self._caller = RateLimitItemPerMinute(per_minute, namespace="caller")
        self._refused = RateLimitItemPerMinute(max(1, per_minute // 10), namespace="refused")
        self._address = RateLimitItemPerMinute(max(1, per_minute // 10), namespace="address")
        self._windows = FixedWindowRateLimiter(WindowStorage())
        self._tokens = RefusedTokens()
        self._spoken_for = RefusedTokens()
        self.blocked: dict[str, float] = {}
        """Addresses that asked too often as nobody, with the Unix seconds until which that holds."""

    async def count(self, caller: str, cost: int = 1) -> None:
        """Count a request of this caller, at its cost. Raises TooManyRequests beyond the limit."""
        if not await self._windows.hit(self._caller, caller, cost=cost):
            await self._reject(self._caller, caller)

    async def check_refused(self, caller: str, behalf: bytes) -> None:
        """Raise TooManyRequests if this caller was refused too often to speak for others, or for this one."""
        _check(self._spoken_for, _digest_of(caller, behalf))
        if not await self._windows.test(self._refused, caller):
            await self._reject(self._refused, caller)

    async def count_refused(self, caller: str, behalf: bytes) -> None:
        """Count an attempt of this caller to speak for somebody, which was refused.

        One and the same person in a loop counts once a minute, else they would lock out all the others for
        whom the portal speaks.
        """
        if not self._spoken_for.count(_digest_of(caller, behalf), now().timestamp()):
            await self._windows.hit(self._refused, caller)

    def check_token(self, digest: bytes) -> None:
        """Raise TooManyRequests if this very token was refused too often."""
        _check(self._tokens, digest)

    def count_token(self, digest: bytes) -> bool:
        """Count a refusal of this token. Returns whether it was refused before, within the minute."""
        return self._tokens.count(digest, now().timestamp())

    async def count_unknown(self, address: str) -> None:
        """Count a request of this address that was nobody's; at the limit it is blocked for nobodies."""
        await self._windows.hit(self._address, address)
        if not await self._windows.test(self._address, address):
            window = await self._windows.get_window_stats(self._address, address)
            self._forget_blocked()
            self.blocked[address] = window.reset_time

    def check_blocked(self, address: str) -> None:
        """Raise TooManyRequests if this address asked too often as nobody."""
        rest = self.blocked.get(address, 0.0) - now().timestamp()
        if rest > 0:
            metrics.HTTP_RATE_LIMITED.inc()
            raise TooManyRequests(max(1, round(rest)))

    def _forget_blocked(self) -> None:
        at = now().timestamp()
        for address in [one for one, until in self.blocked.items() if until <= at]:
            del self.blocked[address]

    async def _reject(self, item: RateLimitItemPerMinute, subject: str) -> None:
        metrics.HTTP_RATE_LIMITED.inc()
        window = await self._windows.get_window_stats(item, subject)
        raise TooManyRequests(max(1, round(window.reset_time - now().timestamp())))


def _digest_of(caller: str, behalf: bytes) -> bytes:
    return sha256(caller.encode() + b"\0" + behalf).digest()


def _check(refused: "RefusedTokens", digest: bytes) -> None:
    """Raise TooManyRequests if what has this digest was refused too often."""
    if (wait_s := refused.wait_s(digest, now().timestamp())) is not None:
        metrics.HTTP_RATE_LIMITED.inc()
        raise TooManyRequests(wait_s)


class RefusedTokens:
    """How often tokens, or addresses in On-Behalf-Of, were refused within a minute, by their digest.

    Bounded. Times are Unix seconds.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def wait_s(self, digest: bytes, at: float) -> int | None:
        """Return for how many seconds this token is not looked at; None where it is."""
        began_at, count = self._found.get(digest, (at, 0))
        rest = began_at + WINDOW_S - at
        return max(1, round(rest)) if count >= REPEATS_PER_MINUTE and rest > 0 else None

    def count(self, digest: bytes, at: float) -> bool:
        """Count a refusal. Returns whether there was one before, within the minute."""
        began_at, count = self._found.pop(digest, (at, 0))
        if at >= began_at + WINDOW_S:
            began_at, count = at, 0
        self._found[digest] = began_at, count + 1
        if len(self._found) > MAX_REFUSED_TOKENS:
            self._found.popitem(last=False)
        return count > 0
