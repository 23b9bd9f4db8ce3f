"""The stream: at once, whenever it changes, to many, and to its end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.pool import QueuePool

from common.auth.revoked import Revocations
from common.errors import TooManyRequests
from common.http import state_of
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from opsdesk_testing.tokens import token
from opsdesk_testing.waiting import until
from sla.handlers import HANDLERS
from sla.status import broadcaster as boards
from sla.status.broadcaster import MAX_LISTENERS_PER_CALLER, Listener, StatusBroadcaster
from sla.status.domain import Status
from sla.status.routes import broadcaster_of
from sla_support.company import NINE, promise, ticket_opened
from sla_support.live_server import LiveServer, StreamEvent, listen, serve_live


@pytest.fixture
async def running(
    database: Database, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LiveServer]:
    monkeypatch.setattr(boards, "MIN_READ_INTERVAL_S", 0.05)
    await promise(database, metrics=("resolution",))
    async with serve_live(app) as server:
        yield server


@pytest.fixture
async def browser(running: LiveServer) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=running.address, limits=limits) as client:
        yield client


async def test_the_present_at_once_and_every_change(
    database: Database, browser: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(20):
        stream = listen(browser)
        first = await anext(stream)
        assert (first.event, first.data["open"]) == ("status", 0)
        for number in (1, 2):
            await deliver(database, HANDLERS, (ticket_opened(number), 1))
            changed = await anext(stream)
            assert changed.data["open"] == number
            assert changed.id != first.id
        await stream.aclose()


async def test_nothing_is_told_twice(database: Database, browser: httpx.AsyncClient) -> None:
    """Whoever comes back with Last-Event-ID hears of what is new."""
    async with asyncio.timeout(20):
        stream = listen(browser)
        first = await anext(stream)
        await stream.aclose()
        again = listen(browser, **{"Last-Event-ID": str(first.id)})
        hearing = asyncio.ensure_future(anext(again))
        done, _ = await asyncio.wait([hearing], timeout=0.5)
        assert not done
        await deliver(database, HANDLERS, (ticket_opened(1), 1))
        assert (await hearing).data["open"] == 1
        await again.aclose()


async def test_two_hundred_listen_and_one_reads(
    database: Database, app: FastAPI, browser: httpx.AsyncClient
) -> None:
    """No listener holds a connection: the pool has ten, and ten more at most."""
    async with asyncio.timeout(180):
        people = [f"reader-{number}" for number in range(200)]
        streams = [_as_staff(browser, who) for who in people]
        assert {(await _next_status(stream)).data["open"] for stream in streams} == {0}
        before = broadcaster_of(app).read_count
        await deliver(database, HANDLERS, (ticket_opened(1), 1))
        events = await asyncio.gather(*(_next_status(stream) for stream in streams))
        assert {one.data["open"] for one in events} == {1}
        assert broadcaster_of(app).read_count - before <= 2
        pool = state_of(app).runtime.database.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() <= 1
        for stream in streams:
            await stream.aclose()


async def test_customers_hear_of_their_own(database: Database, browser: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        staff, jan = listen(browser), listen(browser, "jan")
        assert {line["customer"] for line in (await anext(jan)).data["lines"]} == {"acme"}
        assert (await anext(staff)).data["lines"]
        await staff.aclose()
        await jan.aclose()


async def test_no_cookie_opens_the_stream(browser: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        browser.cookies.set("opsdesk", token("theo"))
        assert (await browser.get("/v1/status/stream")).status_code == 401
        bearer = {"Authorization": f"Bearer {token('theo')}"}
        async with browser.stream("GET", "/v1/status/stream", headers=bearer, timeout=20) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")


async def test_one_caller_has_ten_ears(browser: httpx.AsyncClient, app: FastAPI) -> None:
    async with asyncio.timeout(30):
        streams = [listen(browser) for _ in range(MAX_LISTENERS_PER_CALLER)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await anext(listen(browser))
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"]
        await streams.pop().aclose()
        await until(lambda: len(broadcaster_of(app)._listeners) < MAX_LISTENERS_PER_CALLER)
        streams.append(listen(browser))
        await anext(streams[-1])
        for stream in streams:
            await stream.aclose()


async def test_a_stream_ends_when_the_service_stops(
    running: LiveServer, browser: httpx.AsyncClient, app: FastAPI
) -> None:
    """With its last chunk, so that the reader knows that it is over, and within seconds."""
    async with asyncio.timeout(9):
        stream = listen(browser)
        await anext(stream)
        running.stop()
        assert [one async for one in stream if one.event != "beat"] == []
        await until(lambda: not broadcaster_of(app)._listeners)


async def test_a_stream_ends_with_its_token(
    browser: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.status.routes.TOKEN_CHECK_INTERVAL_S", 0.1)
    async with asyncio.timeout(20):
        bearer = {"Authorization": f"Bearer {token('theo', jti='lost')}"}
        stream = listen(browser, **bearer)
        await anext(stream)
        revoked = Revocations(token_ids=frozenset({"lost"}))
        state_of(app).authenticator.set_revoked(revoked)
        assert [one async for one in stream] == []


async def test_a_stream_ends_when_its_token_expires(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At that moment, not with the next check for revocations."""
    monkeypatch.setattr("sla.status.routes.TOKEN_CHECK_INTERVAL_S", 60.0)
    for module in ("claims", "tokens"):
        monkeypatch.setattr(f"common.auth.{module}.CLOCK_SKEW_S", 0)
    async with asyncio.timeout(20):
        bearer = {"Authorization": f"Bearer {token('theo', seconds=2)}"}
        stream = listen(browser, **bearer)
        await anext(stream)
        assert [one async for one in stream if one.event != "beat"] == []


async def test_a_slow_listener_misses_the_past_and_never_the_present() -> None:
    listener, states = Listener("theo", None), [Status(NINE, ()) for _ in range(3)]
    for state in states:
        listener.offer(state)
    assert await listener.next() is states[-1]
    listener.end()
    listener.offer(states[0])
    assert await listener.next() is None


async def test_nobody_listens_nobody_reads(database: Database) -> None:
    await freeze_time(database, NINE)
    broadcaster = StatusBroadcaster(database)
    reading = asyncio.create_task(broadcaster.run())
    await asyncio.sleep(0)
    assert broadcaster.read_count == 0
    with broadcaster.subscribe("theo", None) as listener:
        assert (await listener.next()) is not None
    assert broadcaster.read_count == 1
    reading.cancel()


async def test_a_full_house_is_said_to_be_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "MAX_LISTENERS", 1)
    broadcaster = StatusBroadcaster(database)
    with (
        broadcaster.subscribe("theo", None),
        pytest.raises(TooManyRequests),
        broadcaster.subscribe("gina", None),
    ):
        raise AssertionError("two ears where one was allowed")


def _as_staff(browser: httpx.AsyncClient, who: str) -> AsyncGenerator[StreamEvent, None]:
    bearer = {"Authorization": f"Bearer {token(who, roles=['ops'])}"}
    return listen(browser, **bearer)


async def _next_status(stream: AsyncGenerator[StreamEvent, None]) -> StreamEvent:
    """Skip heartbeats: on a slow machine the first listener waits long for the last one."""
    while (event := await anext(stream)).event != "status":
        continue
    return event
