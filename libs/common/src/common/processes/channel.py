"""The channel between the two processes of a replica: questions with answers, and news without.

Frames on a socket pair: four bytes of length, then JSON `[number, name, value]`. An answer has the name
of its question with a sign; news has no number.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import count
from typing import Any, Final

from common.telemetry import logger

log = logger(__name__)

LENGTH_BYTES: Final = 4
ANSWER_TIMEOUT_S: Final = 2.5
"""Seconds until a question counts as not answered, unless it says otherwise."""
MAX_UNSENT_BYTES: Final = 65_536
"""Bytes that may wait for the other side; news beyond is dropped: it is looked for all the same."""
_ANSWER: Final = "="
_FAILURE: Final = "!"

Answer = Callable[[Any], Awaitable[Any]]
Hear = Callable[[Any], None]


class NoAnswer(Exception):
    """The other process did not answer in time, could not, or is gone."""


class Channel:
    """One side of the channel. `answers` are what it can be asked, `news` what it can hear."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: Mapping[str, Answer],
        news: Mapping[str, Hear],
    ) -> None:
        self._reader, self._writer = reader, writer
        self._answers, self._news = answers, news
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer and hear until the other side is gone."""
        try:
            while True:
                head = await self._reader.readexactly(LENGTH_BYTES)
                self._receive(await self._reader.readexactly(int.from_bytes(head)))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(NoAnswer("the other process is gone"))
            self._writer.close()

    def tell(self, name: str, value: Any = None) -> None:
        """Tell news, now; it is dropped while the other side reads nothing, and once it is gone."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() < MAX_UNSENT_BYTES:
            self._send(0, name, value)

    async def ask(self, name: str, value: Any = None, within_s: float = ANSWER_TIMEOUT_S) -> Any:
        """Return the answer to a question. Raises NoAnswer."""
        if self._writer.is_closing():
            raise NoAnswer("the other process is gone")
        number, asked = next(self._numbers), asyncio.get_running_loop().create_future()
        self._asked[number] = asked
        try:
            self._send(number, name, value)
            async with asyncio.timeout(within_s):
                return await asked
        except TimeoutError:
            raise NoAnswer(f"no answer within {within_s:g} s") from None
        finally:
            del self._asked[number]

    def _send(self, number: int, name: str, value: Any) -> None:
        frame = json.dumps([number, name, value], separators=(",", ":")).encode()
        self._writer.write(len(frame).to_bytes(LENGTH_BYTES) + frame)

    def _receive(self, frame: bytes) -> None:
        number, name, value = json.loads(frame)
        if name in {_ANSWER, _FAILURE}:
            self._settle(number, name, value)
        elif not number:
            self._news[name](value)
        else:
            task = asyncio.create_task(self._answer(number, name, value))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    def _settle(self, number: int, name: str, value: Any) -> None:
        asked = self._asked.get(number)
        if asked is None or asked.done():
            return
        if name == _ANSWER:
            asked.set_result(value)
        else:
            asked.set_exception(NoAnswer(value))

    async def _answer(self, number: int, name: str, value: Any) -> None:
        try:
            kind, answer = _ANSWER, await self._answers[name](value)
        except Exception as error:
            log.exception("channel.not_answered", question=name)
            kind, answer = _FAILURE, type(error).__name__
        if not self._writer.is_closing():
            self._send(number, kind, answer)


async def open_channel(
    end: socket.socket, answers: Mapping[str, Answer], news: Mapping[str, Hear]
) -> Channel:
    """Open one side of the channel on its end of a socket pair."""
    reader, writer = await asyncio.open_connection(sock=end)
    return Channel(reader, writer, answers, news)


def answer_with(function: Callable[[], Awaitable[Any]]) -> Answer:
    """Return an answer that needs no value with the question."""
    return partial(_ignore_value, function)


async def _ignore_value(function: Callable[[], Awaitable[Any]], _: Any) -> Any:
    return await function()
