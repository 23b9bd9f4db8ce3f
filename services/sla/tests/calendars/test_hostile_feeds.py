"""A feed comes from outside: whatever stands in it, it is read or refused within seconds."""

from datetime import date, timedelta
from time import process_time

import pytest

from sla.calendars.domain.feed import BadFeed, Feed
from sla.calendars.domain.ics import MAX_EVENTS, parse_feed
from sla.calendars.domain.zone import read_zone
from sla_support.feeds import feed

pytestmark = pytest.mark.thorough

AMSTERDAM = read_zone("Europe/Amsterdam")
YEARS = range(2025, 2036)
PATIENCE = 20
"""Seconds of computing time; each takes some two on a machine of 2025."""
NOON = "DTSTART:20260101T120000"
YEARLY = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"
NEVER = "BYMONTH=2;BYMONTHDAY=30"


def read_in_time(text: bytes) -> Feed:
    began = process_time()
    try:
        return parse_feed(text, AMSTERDAM, YEARS)
    finally:
        assert process_time() - began < PATIENCE


def zone(rules: str, first: str = "19700101T000000", name: str = "Own") -> str:
    observance = f"DTSTART:{first}\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{rules}"
    standard = f"BEGIN:STANDARD\n{observance}\nEND:STANDARD"
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{standard}\nEND:VTIMEZONE\n"


def days_from(first: date, number: int) -> list[str]:
    return [f"{first + timedelta(days=n):%Y%m%dT120000}" for n in range(number)]


TOO_LONG = {
    "all days of 2,000 years": feed("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY"),
    "all days of 300 years, twice": feed(*["DTSTART:17000101T120000\nRRULE:FREQ=DAILY"] * 2),
    "never, looked for daily": feed(
        *[f"DTSTART:20000101T120000\nRRULE:FREQ=DAILY;{NEVER};COUNT=1"] * 20
    ),
    "never, looked for yearly": feed(*[f"{NOON}\nRRULE:FREQ=YEARLY;{NEVER}"] * 4000),
    "half of each year": feed(
        *[
            "DTSTART:00010101T120000\nRRULE:FREQ=YEARLY;BYYEARDAY="
            + ",".join(map(str, range(1, 190)))
        ]
        * 2
    ),
    "the last of each year, counted in all ways": feed(
        *[
            "DTSTART:19000101T120000\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS="
            + ",".join(map(str, range(1, 200)))
        ]
        * 3
    ),
    "a zone of 1,000 changes, looked up daily": feed(
        *["DTSTART;TZID=Own:20260101T120000\nDURATION:PT1M\nRRULE:FREQ=DAILY"] * 3,
        before=zone(f"{YEARLY}\n{YEARLY};COUNT=1000000", "16010101T020000"),
    ),
    "1,000 zones": feed(NOON, before="".join(zone(YEARLY, name=f"Own{n}") for n in range(1000))),
}


@pytest.mark.parametrize("what", TOO_LONG)
def test_what_would_keep_us_busy_is_refused(what: str) -> None:
    with pytest.raises(BadFeed, match="go on for too long"):
        read_in_time(TOO_LONG[what])


TOO_MUCH = {
    "every second for 100 years": (
        feed(f"{NOON}\nRRULE:FREQ=SECONDLY;UNTIL=21260101T000000Z"),
        "FREQ=SECONDLY is not read",
    ),
    "a zone that changes every second": (
        feed("DTSTART;TZID=Own:20260101T120000", before=zone("RRULE:FREQ=SECONDLY")),
        "^FREQ=SECONDLY is not read",
    ),
    "a zone that changes every day": (
        feed(NOON, before=zone("RRULE:FREQ=DAILY")),
        "its zone Own changes more than 5000 times",
    ),
    "a zone in a zone in a zone": (
        feed(NOON, before="BEGIN:VTIMEZONE\nTZID:Own\n" * 200 + "END:VTIMEZONE\n" * 200),
        "not a valid iCalendar feed",
    ),
    "more dates than are read": (
        feed(*[f"{NOON}\nDURATION:PT1M\nRDATE:" + ",".join(days_from(date(2026, 1, 1), 3000))] * 7),
        "more than 20000 occurrences",
    ),
    "more events than are read": (feed(*[NOON] * (MAX_EVENTS + 1)), "import fewer"),
    "a sequence beyond all numbers": (
        feed(f"{NOON}\nSEQUENCE:{'9' * 5000}"),
        "the SEQUENCE of an event is not a number",
    ),
    "a count beyond all numbers": (feed(f"{NOON}\nRRULE:FREQ=DAILY;COUNT={'9' * 30}"), "RRULE"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_no_feed_needs_is_refused(what: str) -> None:
    text, why = TOO_MUCH[what]
    with pytest.raises(BadFeed, match=why):
        read_in_time(text)


def test_a_count_ends_with_the_years_that_are_read() -> None:
    found = read_in_time(feed(f"{NOON}\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT={10**9}"))
    assert len(found.timed) == sum(365 + (year % 4 == 0) for year in range(2026, 2036))


def test_thousands_of_dates_and_exceptions_are_read() -> None:
    more, less = days_from(date(2026, 1, 1), 3600), days_from(date(2027, 1, 1), 3000)
    dates = f"RDATE:{','.join(more)}\nEXDATE:{','.join(less)}"
    assert len(read_in_time(feed(f"{NOON}\nDURATION:PT1H\n{dates}")).timed) == 600


def test_thousands_of_changes_to_one_series_are_read() -> None:
    series = "UID:1\nDTSTART:20250101T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3000"
    changes = [
        f"UID:1\nRECURRENCE-ID:{day}\nDTSTART:20260101T180000\nDURATION:PT1H"
        for day in days_from(date(2025, 1, 1), 2999)
    ]
    found = read_in_time(feed(series, *changes))
    assert len(set(found.timed)) == 2


def test_a_rule_that_never_comes_true_yields_nothing() -> None:
    never = f"DTSTART:19700101T120000\nRRULE:FREQ=YEARLY;{NEVER};COUNT=1"
    assert read_in_time(feed(never)) == Feed({}, [])


def test_a_zone_of_one_feed_is_not_known_to_the_next() -> None:
    """Each feed may call its own zone alike."""
    event = "DTSTART;TZID=Own:20260601T120000\nDURATION:PT1H"
    first = read_in_time(feed(event, before=zone(YEARLY)))
    other = zone(YEARLY).replace("+0200", "+0500").replace("+0100", "+0400")
    assert [end - start for start, end in first.timed] == [3600]
    assert read_in_time(feed(event, before=other)).timed != first.timed
    with pytest.raises(BadFeed, match="'Own' is not known"):
        read_in_time(feed(event))


def observance(kind: str, rules: str) -> str:
    times = "DTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200"
    return f"BEGIN:{kind}\n{times}\n{rules}\nEND:{kind}\n"


def test_exceptions_of_a_zone_are_not_followed() -> None:
    """A feed of 422 bytes once took sla down: EXRULE, which RFC 5545 has no more, was not priced."""
    winter = observance("STANDARD", "RRULE:FREQ=YEARLY\nEXRULE:FREQ=SECONDLY")
    summer = observance("DAYLIGHT", "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:19700101T000000")
    own = f"BEGIN:VTIMEZONE\nTZID:Own\n{winter}{summer}END:VTIMEZONE\n"
    attack = feed("DTSTART;TZID=Own:20260101T120000\nDURATION:PT1M\nRRULE:FREQ=DAILY", before=own)
    assert len(attack) < 500
    assert len(read_in_time(attack).timed) == 3652
