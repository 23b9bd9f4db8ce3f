"""The hub hears what services tell Kafka, says when it hears nothing, and hears again."""

import asyncio
import json
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from common.messaging import topic_admin
from common.messaging.kafka import Kafka
from console.live.hints import LISTS
from console.live.hub import Hub, Listener
from opsdesk_testing.waiting import until


async def _until_named(listener: Listener, name: str) -> None:
    async with asyncio.timeout(30):
        while name not in listener.take():
            await listener.wait()


async def test_what_is_told_after_the_start_is_heard(kafka: Kafka) -> None:
    await topic_admin.apply(kafka, dict.fromkeys(LISTS, 1))
    hub = Hub()
    task = asyncio.create_task(hub.run(kafka))
    key = f"OPS-{uuid4().int % 10**9}"
    try:
        with hub.listening("a", None) as listener:
            async with asyncio.timeout(30):
                while hub.is_blind:
                    await listener.wait()
                    listener.take()
            async with AIOKafkaProducer(**kafka.options()) as producer:
                body = json.dumps({"ticket": key, "title": "Secret"}).encode()
                await producer.send_and_wait(kafka.topic("opsdesk.tickets"), body)
            await _until_named(listener, f"ticket:{key}")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert hub.is_blind


async def test_without_kafka_it_is_blind_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.live.hub.RETRY_S", 0.01)
    hub, tries = Hub(), 0
    listen = hub._listen

    async def count(kafka: Kafka) -> None:
        nonlocal tries
        tries += 1
        await listen(kafka)

    monkeypatch.setattr(hub, "_listen", count)
    task = asyncio.create_task(hub.run(Kafka("127.0.0.1:9")))
    with hub.listening("a", None):
        await until(lambda: tries > 2)
        assert hub.is_blind
        assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
