"""A caller that costs little: blocking sockets and epoll, some 15 µs a request.

httpx would cost more than the service under load, on the same two cores. It runs in a process of
its own: `python -m tests.benchmarks.load`, a `Load` as JSON on stdin, an `Outcome` on stdout.
"""

import asyncio
import json
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.result import percentile

CREATED = b"HTTP/1.1 201 "
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """POSTs of `body` over `connections` that stay open: each asks again once it was answered, or
    all together `rate` times a second. `keys`: each with an Idempotency-Key of its own that begins
    with this. The first `warm` seconds do not count."""

    url: str
    token: str
    body: dict[str, Any]
    connections: int
    seconds: float
    rate: float | None = None
    keys: str | None = None
    warm: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`rate` in requests a second, latencies in seconds; `total` with those that do not count."""

    rate: float
    p50: float
    p99: float
    total: int


class _Connection:
    """One connection with the request that is under way on it."""

    __slots__ = ("answer", "asked_at", "socket")

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.answer = b""

    def send_request(self, request: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def read_response(self) -> bool:
        """Read on; whether the answer is whole. Raises SystemExit for any answer but 201."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise SystemExit("the service closed the connection")
        self.answer += chunk
        end = self.answer.find(HEAD_END)
        if end < 0:
            return False
        head = self.answer[:end].lower()
        length_at = head.index(LENGTH) + len(LENGTH)
        length = int(head[length_at:].partition(b"\r\n")[0])
        if len(self.answer) < end + len(HEAD_END) + length:
            return False
        if not self.answer.startswith(CREATED):
            raise SystemExit(f"the service answered {self.answer.decode(errors='replace')[:2000]}")
        self.answer = b""
        return True


class _Requests:
    """The bytes of one request after the other."""

    def __init__(self, load: Load) -> None:
        address = urlsplit(load.url)
        body = json.dumps(load.body).encode()
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {load.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        self._keys = load.keys
        self._head, self._body = head.encode(), HEAD_END[2:] + body
        self.number = 0

    def next(self) -> bytes:
        self.number += 1
        if self._keys is None:
            return self._head + self._body
        key = f"Idempotency-Key: {self._keys}-{self.number:09d}\r\n"
        return self._head + key.encode() + self._body


class _Callers:
    """All connections, in one thread."""

    def __init__(self, load: Load) -> None:
        address = urlsplit(load.url)
        host, port = str(address.hostname), address.port or 80
        self._load = load
        self._lines = [_Connection(host, port) for _ in range(load.connections)]
        self._idle = deque(self._lines)
        self._requests = _Requests(load)
        self._lasted: list[float] = []
        self._began = time.perf_counter()
        self._counts_from = self._began + load.warm
        self._end = self._counts_from + load.seconds

    def run(self) -> Outcome:
        """Ask until the time is over; returns when every request has been answered."""
        with select.epoll() as poll:
            by_number = {line.socket.fileno(): line for line in self._lines}
            for number in by_number:
                poll.register(number, select.EPOLLIN)
            pause = 0.001 if self._load.rate else 1.0
            while self._ask() or len(self._idle) < len(self._lines):
                for number, _ in poll.poll(pause):
                    self._on_response(by_number[number])
        if not self._lasted:
            raise SystemExit("nothing was answered in time")
        rate = len(self._lasted) / self._load.seconds
        p50, p99 = (percentile(self._lasted, share) for share in (0.5, 0.99))
        return Outcome(rate, p50, p99, self._requests.number)

    def _ask(self) -> bool:
        """Send what is due, as far as there are idle connections. False once the time is over."""
        if time.perf_counter() >= self._end:
            return False
        for _ in range(min(len(self._idle), self._due())):
            self._idle.popleft().send_request(self._requests.next())
        return True

    def _due(self) -> int:
        if self._load.rate is None:
            return len(self._lines)
        passed = time.perf_counter() - self._began
        return int(passed * self._load.rate) + 1 - self._requests.number

    def _on_response(self, line: _Connection) -> None:
        if not line.read_response():
            return
        now = time.perf_counter()
        if self._counts_from <= now < self._end:
            self._lasted.append(now - line.asked_at)
        self._idle.append(line)


async def run_load(load: Load) -> Outcome:
    """The same by a process of its own. Raises RuntimeError with what went wrong."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(load.warm + load.seconds + 60):
            output, errors = await program.communicate(json.dumps(asdict(load)).encode())
    finally:
        if program.returncode is None:
            program.kill()
    if program.returncode:
        raise RuntimeError(f"the load ended early: {errors.decode(errors='replace')[-2000:]}")
    return Outcome(**json.loads(output))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_Callers(Load(**json.load(sys.stdin))).run())))
