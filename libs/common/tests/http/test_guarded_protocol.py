"""Slow heads, slow bodies, many connections: against a server with small bounds on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from starlette.types import Receive, Scope, Send

from common.http.guarded_protocol import ConnectionBounds
from common.http.refusals import MAX_HEAD_BYTES
from opsdesk_testing.raw_http import Connection, bounded_server
from opsdesk_testing.waiting import until

CONNECTIONS = 8
PATIENCE_S = 60
"""Seconds after which what should end has not."""
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Connect = Callable[[], "asyncio.Future[Connection]"]


class App:
    """Echoes the length of the body and the headers' names; waits where the path is /wait."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length += len(message["body"])
            if not message["more_body"]:
                break
        if scope["path"] == "/wait":
            self.working += 1
            await self.may_end.wait()
        body = json.dumps([length, [name.decode() for name, _ in scope["headers"]]]).encode()
        head = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def app() -> App:
    return App()


HURRIED = ConnectionBounds(CONNECTIONS, head_s=1.0, body_grace_s=1.0, body_look_s=0.1)
"""A second for a head or a body: so long may a busy machine hold up what a test sends at once."""


@pytest.fixture
async def connect(app: App) -> AsyncIterator[Connect]:
    """Opens connections to a server that waits as long as a real one."""
    async with connections_to(ConnectionBounds(CONNECTIONS), app) as connect:
        yield connect


@pytest.fixture
async def connect_hurried(app: App) -> AsyncIterator[Connect]:
    """Opens connections to a server that waits for heads and bodies a second."""
    bounds = replace(HURRIED, waiting={})
    async with connections_to(bounds, app) as connect:
        yield connect


@asynccontextmanager
async def connections_to(bounds: ConnectionBounds, app: App) -> AsyncIterator[Connect]:
    opened: list[Connection] = []
    async with bounded_server(bounds, app) as port:

        async def open_one() -> Connection:
            connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
            opened.append(connection)
            return connection

        yield lambda: asyncio.ensure_future(open_one())
        app.may_end.set()
        for one in opened:
            one.writer.close()


async def drip(connection: Connection, data: bytes) -> None:
    """Send a byte now and then, for as long as the other end takes any."""
    with suppress(ConnectionError):
        for number in range(1000):
            await connection.send(data[number : number + 1] or b"x")
            await asyncio.sleep(0.02)  # the pace of the attack


async def refused(connection: Connection, data: bytes) -> tuple[int, str]:
    """The refusal of a connection that drips data."""
    dripping = asyncio.create_task(drip(connection, data))
    async with asyncio.timeout(PATIENCE_S):
        status, body = await connection.response()
        await connection.closed()
    dripping.cancel()
    return status, json.loads(body)["type"]


async def test_a_slow_head_ends(connect_hurried: Connect) -> None:
    assert await refused(await connect_hurried(), HEAD) == (408, "urn:opsdesk:error:slow-request")


async def test_a_slow_head_after_a_whole_request_ends(connect_hurried: Connect) -> None:
    connection = await connect_hurried()
    await connection.send(WHOLE)
    assert (await connection.response())[0] == 200
    assert await refused(connection, HEAD) == (408, "urn:opsdesk:error:slow-request")


async def test_blank_lines_before_a_head_are_no_way_to_stay(connect_hurried: Connect) -> None:
    connection = await connect_hurried()
    async with asyncio.timeout(PATIENCE_S):
        dripping = asyncio.create_task(drip(connection, b"\r\n" * 500))
        assert await connection.closed()
    dripping.cancel()


async def test_who_says_nothing_is_not_waited_for(connect_hurried: Connect) -> None:
    async with asyncio.timeout(PATIENCE_S):
        assert await (await connect_hurried()).closed()


@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: 100000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nFFFFF\r\n"],
    ids=["length", "chunked"],
)
async def test_a_slow_body_ends(connect_hurried: Connect, framing: bytes) -> None:
    connection = await connect_hurried()
    await connection.send(HEAD + framing)
    assert await refused(connection, b"") == (408, "urn:opsdesk:error:slow-request")


async def test_a_body_that_keeps_coming_is_waited_for(connect_hurried: Connect) -> None:
    """Longer than the time of grace, at a rate that is allowed."""
    connection = await connect_hurried()
    parts = 20
    await connection.send(HEAD + b"Content-Length: %d\r\n\r\n" % (parts * 4096))
    for _ in range(parts):
        await connection.send(b"x" * 4096)
        await asyncio.sleep(0.1)  # the pace of a slow line
    status, body = await connection.response()
    assert (status, json.loads(body)[0]) == (200, parts * 4096)


async def test_what_waits_for_us_is_not_slow(connect_hurried: Connect, app: App) -> None:
    connection = await connect_hurried()
    await connection.send(WHOLE.replace(b"GET /", b"GET /wait"))
    await until(lambda: app.working == 1)
    # Longer than a head or a body may take: nothing shows that something will not happen.
    await asyncio.sleep(2.5)
    app.may_end.set()
    assert (await connection.response())[0] == 200


@pytest.mark.parametrize(
    "start",
    [
        HEAD + b"X: ",
        HEAD + b"X: y\r\n" * 1000,
        b"GET /",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ",
    ],
    ids=["value", "many", "target", "trailer"],
)
async def test_a_head_without_end_is_not_gathered(connect: Connect, start: bytes) -> None:
    connection = await connect()
    sent = 0
    await connection.send(start)
    with suppress(ConnectionError):
        while sent < 100 * MAX_HEAD_BYTES and not connection.reader.at_eof():
            await connection.send(b"y" * 8192)
            sent += 8192
            await asyncio.sleep(0)  # lets the server run
    assert sent < 40 * MAX_HEAD_BYTES  # what sockets hold is among it
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        assert (await connection.response())[0] == 431


async def test_what_follows_a_body_is_no_header_of_the_request(connect: Connect) -> None:
    connection = await connect()
    chunked = b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nOn-Behalf-Of: mailto:x\r\n\r\n"
    await connection.send(HEAD + chunked)
    status, body = await connection.response()
    assert (status, json.loads(body)) == (200, [1, ["host", "transfer-encoding"]])


async def test_what_is_not_http_is_refused_as_everything_is(connect: Connect) -> None:
    connection = await connect()
    await connection.send(b"\x16\x03\x01 hello\r\n\r\n")
    status, body = await connection.response()
    assert (status, json.loads(body)["type"]) == (400, "urn:opsdesk:error:not-http")


async def test_a_new_connection_takes_the_place_of_the_one_that_waited_longest(
    connect: Connect,
) -> None:
    """So whoever opens many connections that say nothing keeps nobody out."""
    first = await connect()
    for _ in range(CONNECTIONS * 3):
        await connect()
    async with asyncio.timeout(PATIENCE_S):
        assert await first.closed()
    newest = await connect()
    await newest.send(WHOLE)
    assert (await newest.response())[0] == 200


async def test_connections_at_work_are_not_displaced(connect: Connect, app: App) -> None:
    working = [await connect() for _ in range(CONNECTIONS)]
    for one in working:
        await one.send(WHOLE.replace(b"GET /", b"GET /wait"))
    await until(lambda: app.working == CONNECTIONS)
    status, body = await (await connect()).response()
    assert (status, json.loads(body)["type"]) == (503, "urn:opsdesk:error:overloaded")
    app.may_end.set()
    assert {(await one.response())[0] for one in working} == {200}


class EndlessApp(App):
    """Answers with more than sockets hold."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
        self.ended.set()


async def test_who_takes_nothing_is_left() -> None:
    app = EndlessApp()
    async with bounded_server(ConnectionBounds(CONNECTIONS, write_s=0.2), app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(WHOLE)
        await asyncio.wait_for(app.ended.wait(), PATIENCE_S)
        writer.transport.abort()
