"""A calendar's year as a picture (SVG): how long each day is open, and the holidays by name. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sla.calendars.domain.calendar import DAY, Calendar, Span, local_openings, merged
from sla.rendering.svg import Element, Picture, group, rect, text

CELL, GAP = 26, 3
ACROSS, DOWN = 7 * (CELL + GAP) + 26, 6 * (CELL + GAP) + 52
COLUMNS = 4
MARGIN, HEAD = 24, 52
LINE = 18
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
INK, PALE = "#1b2733", "#6b7a89"
CLOSED, HOLIDAY = "#eceff2", "#f3b0a9"
SHADES: Sequence[tuple[int, str]] = (
    (4, "#d6e6f8"),
    (8, "#a9cdf0"),
    (12, "#6fa9e0"),
    (23, "#3d7fc4"),
    (25, "#1f5a9c"),
)
"""Hours below which a day has this colour."""
_EPOCH = date(1970, 1, 1)


def drawn(calendar: Calendar, title: str, year: int) -> str:
    """An SVG document. Hours are those of the wall clock, as people wrote them."""
    opened = _by_date(calendar, year)
    holidays = sorted((d, name) for d, name in calendar.holidays.items() if d.year == year)
    width = COLUMNS * ACROSS + 2 * MARGIN
    months = HEAD + 12 // COLUMNS * DOWN
    lines = -(-len(holidays) // COLUMNS)
    height = months + (lines + 2) * LINE + MARGIN
    named = f"{title}: {year}, {calendar.zone.name}"
    parts = [
        text(MARGIN, 28, named, font_size=18, font_weight="600"),
        *_legend(width),
        *(part for month in range(12) for part in _month(calendar, opened, year, month)),
        *_named(holidays, months + LINE, max(lines, 1)),
    ]
    return Picture(
        f"calendar {named}",
        named,
        width,
        height,
        font="sans-serif",
        font_size=12,
        fill=INK,
        fixed_size=True,
    ).drawn(parts)


def _by_date(calendar: Calendar, year: int) -> dict[date, list[Span]]:
    """The open times of each date, in seconds since its midnight."""
    found: dict[date, list[Span]] = {}
    weekly = local_openings(calendar, date(year, 1, 1), date(year, 12, 31))
    extra = (piece for span in calendar.extensions for piece in calendar.zone.on_the_wall(*span))
    for start, end in merged(sorted([*weekly, *extra])):
        while start < end:
            midnight = start - start % DAY
            day = _EPOCH + timedelta(days=midnight // DAY)
            found.setdefault(day, []).append((start - midnight, min(end - midnight, DAY)))
            start = midnight + DAY
    return found


def _month(
    calendar: Calendar, opened: Mapping[date, Sequence[Span]], year: int, month: int
) -> Iterator[Element]:
    left = MARGIN + month % COLUMNS * ACROSS
    top = HEAD + month // COLUMNS * DOWN
    yield text(left, top + 16, MONTHS[month], font_size=14, font_weight="600")
    for weekday, name in enumerate("MTWTFSS"):
        x = left + weekday * (CELL + GAP) + CELL // 2
        yield text(x, top + 32, name, anchor="middle", fill=PALE)
    day = date(year, month + 1, 1)
    row = 0
    while day.month == month + 1:
        x, y = left + day.weekday() * (CELL + GAP), top + 38 + row * (CELL + GAP)
        yield _day(calendar, day, opened.get(day, ()), x, y)
        row += day.weekday() == 6
        day += timedelta(days=1)


def _day(calendar: Calendar, day: date, spans: Sequence[Span], x: int, y: int) -> Element:
    seconds = sum(end - start for start, end in spans)
    holiday = calendar.holidays.get(day)
    fill = HOLIDAY if holiday is not None else _shade(seconds)
    light = fill in {shade for _, shade in SHADES[3:]}
    words = (
        holiday or ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans) or "closed"
    )
    differs = day in calendar.overrides or day in calendar.breaks
    border, width = (INK, 1.6) if differs else (None, None)
    white = "#ffffff" if light else None
    return group(
        rect(x, y, CELL, CELL, rx=4, fill=fill, stroke=border, stroke_width=width),
        text(x + CELL // 2, y + 17, str(day.day), anchor="middle", fill=white),
        title=f"{day:%a} {day}: {words}",
    )


def _shade(seconds: int) -> str:
    if seconds == 0:
        return CLOSED
    return next(shade for hours, shade in SHADES if seconds < hours * 3600)


def _named(holidays: Sequence[tuple[date, str]], top: int, lines: int) -> Iterator[Element]:
    """The holidays in columns, from above to below."""
    for index, (day, name) in enumerate(holidays):
        x, y = MARGIN + index // lines * ACROSS, top + index % lines * LINE
        short = name if len(name) <= 24 else name[:23] + "…"
        yield text(x, y, f"{day.day} {MONTHS[day.month - 1][:3]} {short}", title=name)


def _legend(width: int) -> Iterator[Element]:
    shown = [("closed", CLOSED), ("holiday", HOLIDAY), ("<4 h", SHADES[0][1]), ("<8", SHADES[1][1])]
    shown += [("<12", SHADES[2][1]), ("<23", SHADES[3][1]), ("24 h", SHADES[4][1])]
    for index, (name, fill) in enumerate(shown):
        x = width - MARGIN - (len(shown) - index) * 72
        yield rect(x, 16, 14, 14, rx=3, fill=fill)
        yield text(x + 18, 28, name)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"
