"""Between wall-clock time in a zone and instants. Pure."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)
def to_instant(local: datetime, zone: str, *, last: bool = False) -> datetime:
    """The UTC instant at which a wall clock in `zone` shows the naive datetime `local` (E16).

    A time that a clock change skips is the first instant after the change. A time that comes
    twice is its first occurrence, or its last when `last` is set.
    """
    region = ZoneInfo(zone)
    before, after = (local.replace(tzinfo=region, fold=f).astimezone(UTC) for f in (0, 1))
    if before > after:
        return _change_between(after, before, region)
    return after if last else before


def to_local(at: datetime, zone: str) -> datetime:
    """The wall-clock time in `zone` at an instant, as a naive datetime."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _change_between(low: datetime, high: datetime, region: ZoneInfo) -> datetime:
    """The first instant in (low, high] that keeps the offset valid at `high`. Whole seconds."""
    offset = high.astimezone(region).utcoffset()
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    seconds, settled = 0, int((high - low).total_seconds())
    while settled - seconds > 1:
        middle = (seconds + settled) // 2
        if (low + timedelta(seconds=middle)).astimezone(region).utcoffset() == offset:
            settled = middle
        else:
            seconds = middle
    return low + timedelta(seconds=settled)
