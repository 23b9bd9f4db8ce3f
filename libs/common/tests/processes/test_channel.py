"""The channel between the two processes of a replica, with both ends in this one."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from common.processes.channel import Answer, Channel, Hear, NoAnswer, open_channel


@asynccontextmanager
async def connected(
    answers: Mapping[str, Answer], news: Mapping[str, Hear]
) -> AsyncIterator[tuple[Channel, "asyncio.Task[None]"]]:
    """The asking end, and the task of the answering one."""
    ours, theirs = socket.socketpair()
    asking = await open_channel(ours, {}, {})
    answering = await open_channel(theirs, answers, news)
    tasks = [asyncio.create_task(one.run()) for one in (asking, answering)]
    try:
        yield asking, tasks[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_questions_are_answered_each_on_its_own() -> None:
    may_end = asyncio.Event()

    async def slow(value: Any) -> Any:
        await may_end.wait()
        return value

    async def double(value: Any) -> Any:
        may_end.set()
        return value * 2

    async with connected({"slow": slow, "double": double}, {}) as (channel, _):
        first = asyncio.create_task(channel.ask("slow", "a" * 100_000, within_s=60))
        await asyncio.sleep(0)
        assert await channel.ask("double", 21, within_s=60) == 42
        assert await first == "a" * 100_000


async def test_news_comes_in_order() -> None:
    news: list[int] = []
    is_complete = asyncio.Event()

    def hear(number: int) -> None:
        news.append(number)
        if number == 99:
            is_complete.set()

    async with connected({}, {"number": hear}) as (channel, _):
        for number in range(100):
            channel.tell("number", number)
        await asyncio.wait_for(is_complete.wait(), 60)
    assert news == list(range(100))


async def test_what_is_not_answered_in_time_is_said() -> None:
    async def never(_: Any) -> None:
        await asyncio.Event().wait()

    async with connected({"never": never}, {}) as (channel, _):
        with pytest.raises(NoAnswer, match=r"within 0\.05 s"):
            await channel.ask("never", within_s=0.05)


async def test_an_answer_that_fails_is_said_without_its_words() -> None:
    async def fail(_: Any) -> None:
        raise ValueError("the secret")

    async with connected({"fail": fail}, {}) as (channel, _):
        with pytest.raises(NoAnswer, match=r"^ValueError$"):
            await channel.ask("fail", within_s=60)


async def test_who_asks_a_process_that_goes_is_not_kept_waiting() -> None:
    asked = asyncio.Event()

    async def never(_: Any) -> None:
        asked.set()
        await asyncio.Event().wait()

    async with connected({"never": never}, {}) as (channel, answering):
        question = asyncio.create_task(channel.ask("never", within_s=60))
        await asked.wait()
        answering.cancel()
        with pytest.raises(NoAnswer, match="gone"):
            await asyncio.wait_for(question, 30)


async def test_news_for_a_process_that_hears_nothing_takes_no_memory() -> None:
    ours, theirs = socket.socketpair()
    channel = await open_channel(ours, {}, {})
    for _ in range(100_000):
        channel.tell("events", "x" * 100)
    waiting = channel._writer.transport.get_write_buffer_size()
    assert waiting < 2 * 65_536
    channel._writer.transport.abort()
    theirs.close()


async def _nothing(_: Any) -> None:
    return None


async def test_who_is_gone_is_asked_nothing_and_told_nothing() -> None:
    """A replica that stops is still asked for its metrics."""
    async with connected({"metrics": _nothing}, {}) as (channel, answering):
        assert await channel.ask("metrics", within_s=60) is None
        answering.cancel()
        await asyncio.wait([answering])
        with pytest.raises(NoAnswer):
            await channel.ask("metrics", within_s=60)
        channel.tell("number", 1)
        with pytest.raises(NoAnswer, match="is gone"):
            await channel.ask("metrics", within_s=60)
