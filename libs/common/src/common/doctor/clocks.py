"""Clocks and time zones: this machine's beside the database's. Promises are counted in the zones of customers."""

import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import asyncpg

from common.auth.claims import CLOCK_SKEW_S
from common.doctor.finding import Finding, ok, warning, wrong
from common.http import Service
from common.now import now
from common.persistence.database import connect
from common.persistence.errors import CONNECTION_ERRORS
from common.persistence.workload import COMMANDS
from common.settings import Settings

CLOCK: Final = "clock"
ZONES: Final = "time zones"
NOTICEABLE_S: Final = 1.0
"""Seconds of difference that NTP would not leave."""
COMPARED: Final = (
    "Europe/Amsterdam", "Europe/Berlin", "Europe/London", "Europe/Istanbul", "America/New_York",
    "America/Sao_Paulo", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata", "Asia/Amman", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""Zones whose rules have changed lately, and those of most customers."""
COMPARED_DAYS: Final = 2 * 365
OLD_AFTER_YEARS: Final = 2
_OFFSETS: Final = """
    SELECT extract(epoch FROM (moment AT TIME ZONE $1) - (moment AT TIME ZONE 'UTC'))::int
    FROM unnest($2::timestamptz[]) WITH ORDINALITY AS moments(moment, number) ORDER BY number
"""


async def examine_clocks(service: Service, settings: Settings) -> list[Finding]:
    """Compare the clock and the rules of time zones with the database's."""
    url = settings.database_url.get_secret_value()
    try:
        connection = await connect(url, service.schema, COMMANDS)
    except CONNECTION_ERRORS:
        return [
            *_about_own_zones(now()),
            warning(CLOCK, "cannot be compared: the database does not answer"),
        ]
    try:
        before = now()
        # Its own clock, not the service's, which may be a simulated one.
        theirs: datetime = await connection.fetchval("SELECT statement_timestamp()")
        middle = before + (now() - before) / 2
        differing = await _differing_zones(connection, middle)
    finally:
        await connection.close()
    return [
        about_clock((middle - theirs).total_seconds()),
        *_about_own_zones(middle),
        about_zones(differing),
    ]


def about_clock(ahead_s: float) -> Finding:
    """Judge how far this machine's clock is ahead of the database's."""
    if abs(ahead_s) <= NOTICEABLE_S:
        return ok(CLOCK, f"this machine's clock and the database's differ by {abs(ahead_s):.1f} s")
    direction = "ahead of" if ahead_s > 0 else "behind"
    level = wrong if abs(ahead_s) > CLOCK_SKEW_S else warning
    return level(
        CLOCK,
        f"this machine's clock is {abs(ahead_s):.0f} s {direction} the database's: set both by NTP",
    )


def about_zones(differing: Sequence[str]) -> Finding:
    """Judge zones in which this machine and the database do not agree."""
    if not differing:
        return ok(ZONES, f"the database agrees in {len(COMPARED)} zones for the next two years")
    return wrong(
        ZONES,
        f"the database has other rules for {', '.join(differing)}: reports would count other days than promises. "
        "Bring the zone data of both up to date (docs/runbooks/zone-data.md)",
    )


def _about_own_zones(at: datetime) -> list[Finding]:
    found = zone_data_version()
    if found is None:
        return [wrong(ZONES, "this machine has no time zone data: install tzdata")]
    name, year = found
    if year is not None and at.year - year >= OLD_AFTER_YEARS:
        return [warning(ZONES, f"the data is {name}: renew it (docs/runbooks/zone-data.md)")]
    return [ok(ZONES, f"the data is {name}")]


def zone_data_version() -> tuple[str, int | None] | None:
    """Return the version of the zone data that Python uses with its year; None where there is none."""
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / "Europe" / "Amsterdam").exists():
            return _version_of_folder(Path(folder))
    try:
        found = version("tzdata")
    except PackageNotFoundError:
        return None
    return f"the package tzdata {found}", int(found.partition(".")[0])


def _version_of_folder(folder: Path) -> tuple[str, int | None]:
    file = folder / "tzdata.zi"
    if not file.exists():
        return f"the system's in {folder}", None
    with file.open(encoding="utf-8") as lines:
        first = lines.readline().split()
    name = first[-1] if len(first) == 3 else ""
    year = int(name[:4]) if name[:4].isdigit() else None
    return f"the system's {name} in {folder}", year


async def _differing_zones(connection: "asyncpg.Connection[Any]", start: datetime) -> list[str]:
    day = datetime(start.year, start.month, start.day, 12, tzinfo=UTC)
    moments = [day + timedelta(days=number) for number in range(COMPARED_DAYS)]
    return [
        zone
        for zone in COMPARED
        if await _offsets_there(connection, zone, moments) != _offsets_here(zone, moments)
    ]


async def _offsets_there(
    connection: "asyncpg.Connection[Any]", zone: str, moments: Sequence[datetime]
) -> list[int] | None:
    try:
        rows = await connection.fetch(_OFFSETS, zone, moments)
    except asyncpg.InvalidParameterValueError:
        return None
    return [row[0] for row in rows]


def _offsets_here(zone: str, moments: Sequence[datetime]) -> list[int]:
    rules = zoneinfo.ZoneInfo(zone)
    offsets = (moment.astimezone(rules).utcoffset() for moment in moments)
    return [int(offset.total_seconds()) for offset in offsets if offset is not None]
