"""The stream: at once, whenever it changes, to many, and to its end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from common.errors import TooManyRequests
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from opsdesk_testing.tokens import token
from opsdesk_testing.waiting import until
from sla.handlers import HANDLERS
from sla.status import broadcaster as boards
from sla.status.broadcaster import MOST_OF_ONE, Board, Listener
from sla.status.domain import Status
from sla.status.routes import board_of
from sla_support.company import NINE, opened, promise
from sla_support.live_server import Heard, Served, listened, served


@pytest.fixture
async def running(
    database: Database, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    monkeypatch.setattr(boards, "PAUSE", 0.05)
    await promise(database, metrics=("resolution",))
    async with served(app) as here:
        yield here


@pytest.fixture
async def browser(running: Served) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=running.address, limits=limits) as client:
        yield client


async def test_the_present_at_once_and_every_change(
    database: Database, browser: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(20):
        stream = listened(browser)
        first = await anext(stream)
        assert (first.event, first.data["open"]) == ("status", 0)
        for number in (1, 2):
            await deliver(database, HANDLERS, (opened(number), 1))
            changed = await anext(stream)
            assert changed.data["open"] == number
            assert changed.id != first.id
        await stream.aclose()


async def test_nothing_is_told_twice(database: Database, browser: httpx.AsyncClient) -> None:
    """Whoever comes back with Last-Event-ID hears of what is new."""
    async with asyncio.timeout(20):
        stream = listened(browser)
        first = await anext(stream)
        await stream.aclose()
        again = listened(browser, **{"Last-Event-ID": str(first.id)})
        hearing = asyncio.ensure_future(anext(again))
        done, _ = await asyncio.wait([hearing], timeout=0.5)
        assert not done
        await deliver(database, HANDLERS, (opened(1), 1))
        assert (await hearing).data["open"] == 1
        await again.aclose()


async def test_two_hundred_listen_and_one_reads(
    database: Database, app: FastAPI, browser: httpx.AsyncClient
) -> None:
    """No listener holds a connection: the pool has ten, and ten more at most."""
    async with asyncio.timeout(60):
        people = [f"reader-{number}" for number in range(200)]
        streams = [_as_staff(browser, who) for who in people]
        assert {(await anext(stream)).data["open"] for stream in streams} == {0}
        before = board_of(app).readings
        await deliver(database, HANDLERS, (opened(1), 1))
        told = await asyncio.gather(*(anext(stream) for stream in streams))
        assert {one.data["open"] for one in told} == {1}
        assert board_of(app).readings - before <= 2
        assert app.state.database.engine.pool.checkedout() <= 1
        for stream in streams:
            await stream.aclose()


async def test_customers_hear_of_their_own(database: Database, browser: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        staff, jan = listened(browser), listened(browser, "jan")
        assert {line["customer"] for line in (await anext(jan)).data["lines"]} == {"acme"}
        assert (await anext(staff)).data["lines"]
        await staff.aclose()
        await jan.aclose()


async def test_a_page_listens_by_its_cookie(browser: httpx.AsyncClient) -> None:
    """EventSource sends no headers; the cookie goes to the status alone, and no script reads it."""
    async with asyncio.timeout(20):
        bearer = {"Authorization": f"Bearer {token('theo')}"}
        begun = await browser.post("/v1/status/session", headers=bearer)
        said = begun.headers["set-cookie"]
        assert begun.status_code == 204
        assert all(part in said for part in ("HttpOnly", "SameSite=strict", "Path=/v1/status"))
        async with browser.stream("GET", "/v1/status/stream", timeout=20) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
        # The cookie opens the stream and nothing else.
        assert (await browser.get("/v1/status")).status_code == 401
        assert (await browser.post("/v1/status/session")).status_code == 401
        browser.cookies.clear()
        assert (await browser.get("/v1/status/stream")).status_code == 401


async def test_one_caller_has_ten_ears(browser: httpx.AsyncClient, app: FastAPI) -> None:
    async with asyncio.timeout(30):
        streams = [listened(browser) for _ in range(MOST_OF_ONE)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await anext(listened(browser))
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"]
        await streams.pop().aclose()
        await until(lambda: len(board_of(app)._listeners) < MOST_OF_ONE)
        streams.append(listened(browser))
        await anext(streams[-1])
        for stream in streams:
            await stream.aclose()


async def test_a_stream_ends_when_the_service_stops(
    running: Served, browser: httpx.AsyncClient, app: FastAPI
) -> None:
    """With its last chunk, so that the reader knows that it is over, and within seconds."""
    async with asyncio.timeout(9):
        stream = listened(browser)
        await anext(stream)
        running.stop()
        assert [one async for one in stream if one.event != "beat"] == []
        await until(lambda: not board_of(app)._listeners)


async def test_a_stream_ends_with_its_token(
    browser: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.status.routes.RECHECK", 0.1)
    async with asyncio.timeout(20):
        bearer = {"Authorization": f"Bearer {token('theo', jti='lost')}"}
        stream = listened(browser, **bearer)
        await anext(stream)
        app.state.people.set_revoked(["lost"])
        assert [one async for one in stream] == []


async def test_a_slow_listener_misses_the_past_and_never_the_present() -> None:
    ear, states = Listener("theo", None), [Status(NINE, ()) for _ in range(3)]
    for state in states:
        ear.tell(state)
    assert await ear.next() is states[-1]
    ear.end()
    ear.tell(states[0])
    assert await ear.next() is None


async def test_nobody_listens_nobody_reads(database: Database) -> None:
    await freeze_time(database, NINE)
    board = Board(database)
    reading = asyncio.create_task(board.run())
    await asyncio.sleep(0)
    assert board.readings == 0
    with board.listening("theo", None) as ear:
        assert (await ear.next()) is not None
    assert board.readings == 1
    reading.cancel()


async def test_a_full_house_is_said_to_be_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "MOST", 1)
    board = Board(database)
    with (
        board.listening("theo", None),
        pytest.raises(TooManyRequests),
        board.listening("gina", None),
    ):
        raise AssertionError("two ears where one was allowed")


def _as_staff(browser: httpx.AsyncClient, who: str) -> AsyncGenerator[Heard, None]:
    bearer = {"Authorization": f"Bearer {token(who, roles=['ops'])}"}
    return listened(browser, **bearer)
