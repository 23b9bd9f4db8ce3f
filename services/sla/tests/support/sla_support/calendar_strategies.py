"""Calendars drawn at random around the instants at which zones do something odd."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.zone import read_zone


def _utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


ZONE_CHANGES = {
    "Europe/Amsterdam": (_utc(2026, 3, 29, 1), _utc(2026, 10, 25, 1)),
    "America/New_York": (_utc(2026, 3, 8, 7), _utc(2026, 11, 1, 6)),
    "Asia/Kathmandu": (_utc(1985, 12, 31, 18, 30), _utc(2026, 1, 1)),
    "Australia/Lord_Howe": (_utc(2026, 4, 4, 15), _utc(2026, 10, 3, 15, 30)),
    "Africa/Casablanca": (_utc(2026, 2, 15, 2), _utc(2026, 3, 22, 2)),
    "Pacific/Apia": (_utc(2011, 12, 30, 10), _utc(2011, 9, 24, 14)),
}
"""Per zone two instants (UTC) around which its wall clock does something odd."""


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Hours of one date: several, on odd minutes, the last perhaps running into tomorrow."""
    cuts = sorted(draw(st.sets(st.integers(0, 1439), min_size=0, max_size=4)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    if len(cuts) % 2:
        pairs.append((cuts[-1], draw(st.integers(cuts[-1] + 1, 1440 + cuts[0]))))
    return tuple((start * 60, end * 60) for start, end in pairs)


@st.composite
def calendars_near(draw: st.DrawFn, zone: str | None = None) -> tuple[Calendar, datetime]:
    """A calendar that opens every week, and an odd instant near which it has its exceptions."""
    name = zone or draw(st.sampled_from(sorted(ZONE_CHANGES)))
    change = draw(st.sampled_from(ZONE_CHANGES[name]))
    near = st.dates(change.date() - timedelta(3), change.date() + timedelta(4))
    weekly = draw(st.tuples(*[spans()] * 7).filter(any))
    calendar = Calendar(
        read_zone(name),
        weekly,
        dict.fromkeys(draw(st.sets(near, max_size=2)), "a holiday"),
        draw(st.dictionaries(near, spans(), max_size=2)),
        draw(st.dictionaries(near, spans(), max_size=2)),
    )
    return calendar, change
