"""A calendar year as SVG: how long each day is open, and the holidays by name. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sla.calendars.domain.calendar import DAY, Calendar, Span, local_openings, merge_spans
from sla.rendering.svg import Element, SvgPicture, group, rect, text
from sla.rendering.theme import ThemeName

CELL_SIZE, GAP = 26, 3
MONTH_WIDTH, MONTH_HEIGHT = 7 * (CELL_SIZE + GAP) + 26, 6 * (CELL_SIZE + GAP) + 52
COLUMNS = 4
MARGIN, HEADER_HEIGHT = 24, 52
LINE_HEIGHT = 18
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
"""The colours of days by hours: each for days with fewer open hours than this."""
_EPOCH = date(1970, 1, 1)


def render_svg(calendar: Calendar, title: str, year: int, theme: ThemeName = "light") -> str:
    """An SVG document. Its hours are wall-clock time."""
    openings = _by_date(calendar, year)
    holidays = sorted((d, name) for d, name in calendar.holidays.items() if d.year == year)
    width = COLUMNS * MONTH_WIDTH + 2 * MARGIN
    months = HEADER_HEIGHT + 12 // COLUMNS * MONTH_HEIGHT
    lines = -(-len(holidays) // COLUMNS)
    height = months + (lines + 2) * LINE_HEIGHT + MARGIN
    heading = f"{title}: {year}, {calendar.zone.name}"
    parts = [
        text(MARGIN, 28, heading, font_size=18, font_weight="600"),
        *_legend(width),
        *(part for month in range(12) for part in _month(calendar, openings, year, month)),
        *_holiday_names(holidays, months + LINE_HEIGHT, max(lines, 1)),
    ]
    return SvgPicture(
        f"calendar {heading}",
        heading,
        width,
        height,
        font="sans-serif",
        font_size=12,
        fill=INK,
        fixed_size=True,
        theme=theme,
    ).render(parts)


def _by_date(calendar: Calendar, year: int) -> dict[date, list[Span]]:
    """The open spans of each date, in seconds since its midnight."""
    by_date: dict[date, list[Span]] = {}
    weekly = local_openings(calendar, date(year, 1, 1), date(year, 12, 31))
    extra = (piece for span in calendar.extensions for piece in calendar.zone.wall_spans(*span))
    for start, end in merge_spans(sorted([*weekly, *extra])):
        while start < end:
            midnight = start - start % DAY
            day = _EPOCH + timedelta(days=midnight // DAY)
            by_date.setdefault(day, []).append((start - midnight, min(end - midnight, DAY)))
            start = midnight + DAY
    return by_date


def _month(
    calendar: Calendar, openings: Mapping[date, Sequence[Span]], year: int, month: int
) -> Iterator[Element]:
    left = MARGIN + month % COLUMNS * MONTH_WIDTH
    top = HEADER_HEIGHT + month // COLUMNS * MONTH_HEIGHT
    yield text(left, top + 16, MONTHS[month], font_size=14, font_weight="600")
    for weekday, name in enumerate("MTWTFSS"):
        x = left + weekday * (CELL_SIZE + GAP) + CELL_SIZE // 2
        yield text(x, top + 32, name, anchor="middle", fill=PALE)
    day = date(year, month + 1, 1)
    row = 0
    while day.month == month + 1:
        x, y = left + day.weekday() * (CELL_SIZE + GAP), top + 38 + row * (CELL_SIZE + GAP)
        yield _day(calendar, day, openings.get(day, ()), x, y)
        row += day.weekday() == 6
        day += timedelta(days=1)


def _day(calendar: Calendar, day: date, spans: Sequence[Span], x: int, y: int) -> Element:
    seconds = sum(end - start for start, end in spans)
    holiday = calendar.holidays.get(day)
    fill = HOLIDAY if holiday is not None else _shade(seconds)
    has_light_text = fill in {shade for _, shade in SHADES[3:]}
    tooltip = (
        holiday
        or ", ".join(f"{_format_time(start)}-{_format_time(end)}" for start, end in spans)
        or "closed"
    )
    is_exception = day in calendar.overrides or day in calendar.breaks
    border, width = (INK, 1.6) if is_exception else (None, None)
    white = "#ffffff" if has_light_text else None
    return group(
        rect(x, y, CELL_SIZE, CELL_SIZE, rx=4, fill=fill, stroke=border, stroke_width=width),
        text(x + CELL_SIZE // 2, y + 17, str(day.day), anchor="middle", fill=white),
        title=f"{day:%a} {day}: {tooltip}",
    )


def _shade(seconds: int) -> str:
    if seconds == 0:
        return CLOSED
    return next(shade for hours, shade in SHADES if seconds < hours * 3600)


def _holiday_names(holidays: Sequence[tuple[date, str]], top: int, lines: int) -> Iterator[Element]:
    """The holidays in columns, from top to bottom."""
    for index, (day, name) in enumerate(holidays):
        x, y = MARGIN + index // lines * MONTH_WIDTH, top + index % lines * LINE_HEIGHT
        short = name if len(name) <= 24 else name[:23] + "…"
        yield text(x, y, f"{day.day} {MONTHS[day.month - 1][:3]} {short}", title=name)


def _legend(width: int) -> Iterator[Element]:
    entries = [
        ("closed", CLOSED),
        ("holiday", HOLIDAY),
        ("<4 h", SHADES[0][1]),
        ("<8", SHADES[1][1]),
    ]
    entries += [("<12", SHADES[2][1]), ("<23", SHADES[3][1]), ("24 h", SHADES[4][1])]
    for index, (name, fill) in enumerate(entries):
        x = width - MARGIN - (len(entries) - index) * 72
        yield rect(x, 16, 14, 14, rx=3, fill=fill)
        yield text(x + 18, 28, name)


def _format_time(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"
