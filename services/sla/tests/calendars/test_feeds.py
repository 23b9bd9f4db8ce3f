"""Calendars that are fed: by upload and by address, in versions; and shown as a feed and a picture."""

import asyncio
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.confinement import Confinement, Limits
from common.persistence.database import Database
from opsdesk_testing.responsiveness import longest_computing_unanswered
from sla.calendars import feed_reader
from sla.calendars.feed_client import FeedFetcher, FeedFetchError
from sla.calendars.routes.feeds import FETCH_SLOTS, get_fetcher
from sla_support.assertions import violation_pointers
from sla_support.calendar_versions import take_effect
from sla_support.company import AMSTERDAM

ICS = {"Content-Type": "text/calendar; charset=utf-8"}
SVG = "{http://www.w3.org/2000/svg}"
SUMMER_PARTY = "DTSTART;VALUE=DATE:20260619\r\nSUMMARY:Summer party"
LUNCH = "DTSTART;TZID=Europe/Amsterdam:20260601T120000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=5"


def feed(*events: str) -> str:
    wrapped = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{wrapped}END:VCALENDAR\r\n"


async def create_office(theo: AsyncClient, **more: Any) -> Response:
    return await theo.post("/v1/calendars", json=AMSTERDAM | {"key": "office"} | more)


async def upload(theo: AsyncClient, text: str, query: str = "") -> Response:
    address = f"/v1/calendars/office/icalendar{query}"
    return await theo.post(address, content=text, headers=ICS)


async def is_open(theo: AsyncClient, *instants: str) -> list[bool]:
    questions = [{"open": {"at": at}} for at in instants]
    body = {"calendar": "office", "questions": questions}
    answers = (await theo.post("/v1/calendars/compute", json=body)).json()["answers"]
    return [answer["open"] for answer in answers]


async def test_a_feed_makes_the_next_version_and_takes_the_former_feed_away(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """A1, A5, A6"""
    await create_office(theo, holidays=["2026-06-05"])
    assert await is_open(theo, "2026-06-19T10:00:00Z", "2026-06-01T10:30:00Z") == [True, True]
    first = await upload(theo, feed(SUMMER_PARTY, LUNCH))
    assert first.status_code == 201, first.text
    assert first.json()["version"] == 2
    assert first.json()["definition"]["feed"]["holidays"] == {"2026-06-19": "Summer party"}
    assert first.json()["source"]["timed_events"] == "closed"
    assert await is_open(theo, "2026-06-19T10:00:00Z", "2026-06-01T10:30:00Z") == [True, True]
    await take_effect(database, gina, first)
    assert await is_open(theo, "2026-06-19T10:00:00Z", "2026-06-01T10:30:00Z") == [False, False]
    again = await upload(theo, feed(SUMMER_PARTY, LUNCH))
    assert (again.status_code, again.json()["version"]) == (200, 2)
    await take_effect(database, gina, await upload(theo, feed(LUNCH)))
    assert await is_open(theo, "2026-06-19T10:00:00Z", "2026-06-05T10:30:00Z") == [True, False]
    created = (await create_office(theo, holidays=[])).json()
    assert (created["version"], min(created["definition"]["feed"]["breaks"])) == (4, "2026-06-01")
    empty = (await upload(theo, feed())).json()
    assert empty["definition"]["feed"] == {"holidays": {}, "breaks": {}, "overrides": {}}


async def test_a_feed_does_not_bring_hours_forward_that_hold_later_on(
    theo: AsyncClient, gina: AsyncClient
) -> None:
    """A6: shorter hours from a later day on held at once, because somebody imported a holiday meanwhile"""
    await create_office(theo)
    later = "2090-01-01T00:00:00Z"
    shorter = await create_office(theo, weekly={"mon": [["10:00", "12:00"]]}, effective_from=later)
    assert (await gina.post(f"{shorter.headers['Location']}/publish")).status_code == 200
    imported = await upload(theo, feed(SUMMER_PARTY))
    assert imported.status_code == 201, imported.text
    assert imported.json()["effective_from"] == later
    published = await gina.post(f"{imported.headers['Location']}/publish")
    assert (published.json()["state"], published.json()["effective_from"]) == ("published", later)


async def test_what_people_wrote_about_a_date_goes_before_a_feed(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await create_office(theo, overrides={"2026-06-19": [["08:00", "10:00"]]})
    late = "DTSTART:20260620T180000\r\nDTEND:20260620T200000"
    opened = await upload(theo, feed(SUMMER_PARTY, late), "?timed_events=open")
    assert opened.json()["definition"]["feed"]["overrides"] == {"2026-06-20": [["18:00", "20:00"]]}
    await take_effect(database, gina, opened)
    instants = ("2026-06-19T07:00:00Z", "2026-06-19T10:00:00Z", "2026-06-20T17:00:00Z")
    assert await is_open(theo, *instants) == [True, False, True]


async def test_what_cannot_be_imported_changes_nothing(theo: AsyncClient, jan: AsyncClient) -> None:
    await create_office(theo)
    assert violation_pointers(await upload(theo, "<html>")) == [""]
    assert violation_pointers(await upload(theo, feed("SUMMARY:When?"))) == [""]
    assert "'When?': it has no DTSTART" in (await upload(theo, feed("SUMMARY:When?"))).text
    assert violation_pointers(await upload(theo, feed(), "?timed_events=maybe")) == [
        "/query/timed_events"
    ]
    address = "/v1/calendars/office/icalendar"
    assert (await theo.post(address, json={})).status_code == 415
    unknown = await theo.post("/v1/calendars/none/icalendar", content=feed(), headers=ICS)
    assert unknown.status_code == 404
    shut = "DTSTART;VALUE=DATE:20250101\r\nRRULE:FREQ=DAILY;UNTIL=20361231"
    assert violation_pointers(await upload(theo, feed(shut))) == ["/weekly"]
    assert (await theo.get("/v1/calendars/office")).json()["version"] == 1
    assert (await jan.post(address, content=feed(), headers=ICS)).status_code == 403
    assert (await jan.get(address)).status_code == 404
    assert (await jan.get("/v1/calendars/office/chart.svg")).status_code == 404


async def test_a_feed_is_fetched_from_its_address(app: FastAPI, theo: AsyncClient) -> None:
    await create_office(theo)

    class Known(FeedFetcher):
        async def fetch(self, url: str) -> bytes:
            if "down" in url:
                raise FeedFetchError("it answered 503")
            return feed(SUMMER_PARTY).encode()

    app.dependency_overrides[get_fetcher] = lambda: Known()
    address = "/v1/calendars/office/icalendar/fetch"
    got = await theo.post(address, json={"url": "https://acme.example/h.ics?secret=1"})
    assert got.status_code == 201, got.text
    assert got.json()["source"]["host"] == "acme.example"
    assert "secret" not in got.text
    assert violation_pointers(await theo.post(address, json={"url": "https://down.example/"})) == [
        "/url"
    ]
    app.dependency_overrides.clear()
    private = await theo.post(address, json={"url": "http://127.0.0.1:8002/v1/calendars"})
    assert violation_pointers(private) == ["/url"]
    async with FETCH_SLOTS, FETCH_SLOTS:
        busy = await theo.post(address, json={"url": "https://acme.example/h.ics"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")


async def test_what_is_exported_can_be_imported_again(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await create_office(
        theo, public_holidays=[{"country": "NL"}], breaks={"2026-06-02": [["12:00", "13:00"]]}
    )
    exported = await theo.get("/v1/calendars/office/icalendar?year=2026")
    assert exported.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:King's Day" in exported.text
    body = {"key": "copy", "timezone": "Europe/Amsterdam", "weekly": {"sun": [["00:00", "00:01"]]}}
    await theo.post("/v1/calendars", json=body)
    copied = await theo.post(
        "/v1/calendars/copy/icalendar?timed_events=open", content=exported.text, headers=ICS
    )
    await take_effect(database, gina, copied)
    days = [(f"2026-{month:02}-{day:02}") for month in range(1, 13) for day in (2, 5, 25, 27)]
    asked = [
        {"between": {"starts_at": f"{day}T00:00:00Z", "ends_at": f"{day}T22:00:00Z"}}
        for day in days
    ]
    seconds = await _answers(theo, "office", asked), await _answers(theo, "copy", asked)
    assert seconds[0] == [one - one % 3600 for one in seconds[1]]  # but for the minute on Sundays


async def _answers(theo: AsyncClient, calendar: str, questions: Sequence[Any]) -> list[int]:
    body = {"calendar": calendar, "questions": questions}
    answer = await theo.post("/v1/calendars/compute", json=body)
    return [one["seconds"] for one in answer.json()["answers"]]


async def test_a_year_is_drawn_with_its_holidays_by_name(
    database: Database, theo: AsyncClient
) -> None:
    await create_office(
        theo, public_holidays=[{"country": "NL"}], overrides={"2026-12-24": [["08:00", "12:00"]]}
    )
    picture = await theo.get("/v1/calendars/office/chart.svg?year=2026")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    titles = [one.text for one in ElementTree.fromstring(picture.text).iter(f"{SVG}title")]
    assert "Mon 2026-04-27: King's Day" in titles
    assert "Thu 2026-12-24: 08:00-12:00" in titles
    assert "Sun 2026-12-27: closed" in titles
    assert len([title for title in titles if title and "2026-" in title]) == 365
    assert "27 Apr King&#x27;s Day" in picture.text
    for year in (1970, 2099, 10_000):
        assert violation_pointers(
            await theo.get(f"/v1/calendars/office/chart.svg?year={year}")
        ) == ["/query/year"]


@pytest.mark.parametrize("year", [1971, 2011, 2098])
async def test_every_year_can_be_shown(theo: AsyncClient, year: int) -> None:
    await create_office(theo, timezone="Pacific/Apia")
    for address in ("icalendar", "chart.svg"):
        assert (await theo.get(f"/v1/calendars/office/{address}?year={year}")).status_code == 200


async def test_a_feed_that_takes_too_long_is_refused_while_the_service_answers(
    app: FastAPI, theo: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library does with it: its process is ended."""
    brief = Confinement("feed-test", Limits(cpu_s=1, wall_s=5, memory_mib=512))
    monkeypatch.setattr(feed_reader, "FEEDS", brief)
    await create_office(theo)
    zones = "".join(OWN_ZONE.format(number) for number in range(1000))
    long = feed(LUNCH).replace("BEGIN:VEVENT", f"{zones}BEGIN:VEVENT", 1)
    uploading = asyncio.create_task(upload(theo, long))
    longest = await longest_computing_unanswered(app, uploading)
    answer = await uploading
    assert violation_pointers(answer) == [""]
    assert "go on for too long" in answer.text or "it takes longer than 1 s to read" in answer.text
    assert longest < 1


async def test_what_nobody_thought_of_is_refused_and_not_an_error_of_ours(
    theo: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_office(theo)
    monkeypatch.setattr(feed_reader, "parse_feed", len)
    assert violation_pointers(await upload(theo, feed(LUNCH))) == [""]


async def test_when_no_process_can_be_had_it_is_asked_to_send_it_again(
    theo: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_office(theo)
    none = Confinement("feed-test", Limits(1, 1, 64), at_once=1, waiting=-1)
    monkeypatch.setattr(feed_reader, "FEEDS", none)
    answer = await upload(theo, feed(LUNCH))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


OWN_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Own{}\r\nBEGIN:STANDARD\r\nDTSTART:16010101T020000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)
