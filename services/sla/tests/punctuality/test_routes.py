"""The proof of punctuality over HTTP: figures, gaps, seals, picture, and who sees them."""

import xml.etree.ElementTree as xml
from datetime import datetime, timedelta
from pathlib import Path

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.punctuality.domain.verifier import check_file
from sla.punctuality.sealing import start_of_day
from sla.punctuality.store import punctuality
from sla.timers import TIMERS
from sla_support.assertions import violation_pointers
from sla_support.company import HOUR, NINE, promise, ticket_opened
from sla_support.sealed_days import DAY, MONDAY, busy_days, seal_until

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TUESDAY = start_of_day(MONDAY + DAY)


def between(start: datetime, end: datetime) -> str:
    return f"?from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"


async def test_how_many_fired_how_late_and_what_is_sealed(
    database: Database, theo: AsyncClient
) -> None:
    """C8"""
    await busy_days(database, lag=timedelta(milliseconds=250))
    await seal_until(database, TUESDAY + DAY)
    shown = (await theo.get("/v1/punctuality" + between(TUESDAY, TUESDAY + DAY))).json()
    assert (shown["count"], shown["early"], shown["fired_without_events"], shown["overdue"]) == (
        7,
        0,
        0,
        0,
    )
    assert (shown["lag_p50_ms"], shown["lag_p99_ms"], shown["lag_max_ms"]) == (250, 250, 250)
    days = [(day["day"], day["lines"]) for day in shown["days"]]
    assert days == [("2026-06-02", 7)]
    seals = (await theo.get("/v1/punctuality/seals?limit=1")).json()
    assert [seal["lines"] for seal in seals["items"]] == [1]
    rest = (await theo.get(f"/v1/punctuality/seals?cursor={seals['next']}")).json()
    assert rest["items"][0]["head"] == shown["days"][0]["head"]
    assert rest["next"] is None
    assert (await theo.get("/v1/punctuality" + between(NINE - DAY, NINE))).json()["count"] == 0


async def test_all_seals_in_order_are_an_export(
    database: Database, theo: AsyncClient, tmp_path: Path
) -> None:
    await busy_days(database)
    await seal_until(database, TUESDAY + DAY)
    path = tmp_path / "evidence.jsonl"
    with path.open("wb") as file:
        for number in (1, 2):
            answer = await theo.get(f"/v1/punctuality/seals/{number}")
            assert answer.headers["content-type"] == "application/jsonl"
            file.write(answer.content)
    assert check_file(path).startswith("whole: 8 firings")
    for unknown in (3, 2**63 - 1):
        assert (await theo.get(f"/v1/punctuality/seals/{unknown}")).status_code == 404


async def test_what_is_due_and_has_not_fired_is_shown(
    database: Database, theo: AsyncClient
) -> None:
    """No deadline is missed in silence: the timers are down."""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + HOUR + SECOND)
    assert (await theo.get("/v1/punctuality")).json()["overdue"] == 1
    await fire_due(database, TIMERS)
    shown = (await theo.get("/v1/punctuality")).json()
    assert (shown["overdue"], shown["count"], shown["lag_max_ms"]) == (0, 1, 1000)


async def test_gaps_are_when_nobody_was_alive(database: Database, theo: AsyncClient) -> None:
    run = "01900000-0000-7000-8000-00000000000a"
    async with database.transaction() as tx:
        for at, since in ((0, None), (1, 0), (2, 1), (30, None), (31, 30)):
            row = {
                "at": NINE + at * MINUTE,
                "since": None if since is None else NINE + since * MINUTE,
            }
            await tx.execute(
                text(f"INSERT INTO heartbeats VALUES ('{run}', :at, :since, 240, '0.26 s')"), row
            )
    await freeze_time(database, NINE + 32 * MINUTE)
    shown = (await theo.get("/v1/punctuality")).json()
    assert shown["gaps"] == [
        {
            "starts_at": "2026-06-01T07:02:00Z",
            "ends_at": "2026-06-01T07:30:00Z",
            "seconds": 1680,
            "open": False,
        }
    ]
    assert shown["heartbeat"] == {
        "first_at": "2026-06-01T07:00:00Z",
        "last_at": "2026-06-01T07:31:00Z",
        "beats": 5,
        "longest_gap_ms": 260,
    }
    await freeze_time(database, NINE + 40 * MINUTE)
    (_, silent) = (await theo.get("/v1/punctuality")).json()["gaps"]
    assert (silent["starts_at"], silent["open"]) == ("2026-06-01T07:31:00Z", True)


async def test_the_picture_shows_every_lag(database: Database, theo: AsyncClient) -> None:
    await busy_days(database, lag=timedelta(milliseconds=250))
    answer = await theo.get("/v1/punctuality/lags.svg" + between(NINE, NINE + 2 * DAY))
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = xml.fromstring(answer.text)
    titles = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[1:] == ["8 from 178 ms"]
    empty = await theo.get("/v1/punctuality/lags.svg" + between(NINE - DAY, NINE))
    assert "Nothing fired" in empty.text


async def test_lags_of_all_lengths_fall_into_their_quarter(database: Database) -> None:
    await busy_days(database)
    async with database.transaction() as tx:
        assert await punctuality.get_histogram(tx, NINE, NINE + 2 * DAY) == {-4: 8}


async def test_customers_do_not_see_it_and_bad_questions_are_refused(
    theo: AsyncClient, jan: AsyncClient
) -> None:
    for address in ("", "/seals", "/seals/1", "/lags.svg"):
        assert (await jan.get("/v1/punctuality" + address)).status_code == 403
    backwards = between(NINE, NINE - HOUR)
    assert violation_pointers(await theo.get("/v1/punctuality" + backwards)) == ["/query/to"]
    long = between(NINE, NINE + 32 * DAY)
    assert violation_pointers(await theo.get("/v1/punctuality/lags.svg" + long)) == ["/query/to"]
    assert (await theo.get("/v1/punctuality/seals/0")).status_code == 422
