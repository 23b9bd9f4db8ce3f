"""Time zones as data: the offsets of a zone in one release of the tz database. Pure.

A calendar keeps the `Zone` with which it was created, so that a later release of the tz database
does not move deadlines computed before (A5).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2099
FIRST_EPOCH_SECOND, END_EPOCH_SECOND = 0, int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
"""The epoch seconds `[FIRST, END)` in which all instants of calendars lie."""

_DAY_SECONDS = 86_400
_LAST_OFFSET_END = END_EPOCH_SECOND + 7 * _DAY_SECONDS
_STEP_SECONDS = 6 * _DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Zone:
    """The offsets of a zone. `version` is the release of the tz database, such as `2026a`.

    `offsets[i]`, in seconds east of UTC, is valid from epoch second `since[i]` until `since[i + 1]`.
    """

    name: str
    version: str
    since: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset_at(self, at: int) -> int:
        """The offset at epoch second `at`."""
        return self.offsets[max(bisect_right(self.since, at) - 1, 0)]

    def offset_periods(self) -> Iterator[tuple[int, int, int]]:
        """The periods of constant offset: from epoch second, until, offset."""
        return zip(self.since, (*self.since[1:], _LAST_OFFSET_END), self.offsets, strict=True)

    def wall_spans(self, since: int, until: int) -> Iterator[tuple[int, int]]:
        """A span of epoch seconds on the wall, cut where the offset changes."""
        for begin, finish, offset in self.offset_periods():
            if max(begin, since) < min(finish, until):
                yield max(begin, since) + offset, min(finish, until) + offset


def tz_version() -> str:
    """The release of the installed tz database, such as `2026a`."""
    first_line = _tz_database().joinpath("zoneinfo", "tzdata.zi").open(encoding="utf-8").readline()
    return first_line.removeprefix("# version").strip()


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(_tz_database().joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=64)
def read_zone(name: str) -> Zone:
    """The zone of an IANA name from the installed tz database.

    Raises LookupError for an unknown name, so that a name is never used as a path.
    """
    if name not in zone_names():
        raise LookupError(f"{name!r} is not an IANA time zone; write it like Europe/Amsterdam")
    with _tz_database().joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    since, offsets = _offset_changes(lambda at: _utc_offset(zone, at))
    return Zone(name, tz_version(), since, offsets)


def _tz_database() -> resources.abc.Traversable:
    # Not the machine's /usr/share/zoneinfo, whose release is unknown and may differ by replica.
    return resources.files("tzdata")


def _utc_offset(zone: ZoneInfo, at: int) -> int:
    utc_offset = (EPOCH + timedelta(seconds=at)).astimezone(zone).utcoffset()
    assert utc_offset is not None
    return utc_offset.days * _DAY_SECONDS + utc_offset.seconds


def _offset_changes(offset: Callable[[int], int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The epoch seconds of the changes, and the offsets from then on.

    Looks at every sixth day and bisects between: since 1970 no zone has changed twice in six days.
    """
    since, offsets = (
        [FIRST_EPOCH_SECOND - 2 * _DAY_SECONDS],
        [offset(FIRST_EPOCH_SECOND - 2 * _DAY_SECONDS)],
    )
    for at in range(FIRST_EPOCH_SECOND, END_EPOCH_SECOND + 8 * _DAY_SECONDS, _STEP_SECONDS):
        changed = offset(at)
        if changed != offsets[-1]:
            since.append(_first_change(offset, at - _STEP_SECONDS, at, changed))
            offsets.append(changed)
    return tuple(since), tuple(offsets)


def _first_change(offset: Callable[[int], int], before: int, after: int, changed: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if offset(middle) == changed else (middle, after)
    return after
