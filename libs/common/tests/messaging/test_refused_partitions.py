"""One topic that may be described and not read stops nothing but itself."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    CorruptRecordException,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from common.messaging import refused_partitions
from common.messaging.partition_lag import PartitionLag
from common.messaging.prefetch import Prefetcher, RecordsByPartition
from opsdesk_testing.waiting import until

TICKETS, CLOCKS, MORE = (
    TopicPartition("tickets", 0),
    TopicPartition("clocks", 0),
    TopicPartition("clocks", 1),
)


@dataclass(frozen=True)
class Message:
    offset: int


class Client:
    """Has records for ever, from wherever it is sent to; raises for `refused` partitions, as aiokafka does from its buffer."""

    def __init__(self) -> None:
        self.positions = dict.fromkeys((TICKETS, CLOCKS, MORE), 0)
        self.refused: dict[TopicPartition, KafkaError] = {}
        self.paused: set[TopicPartition] = set()
        self.error: KafkaError | None = None

    async def getmany(
        self, *wanted: TopicPartition, timeout_ms: int, max_records: int
    ) -> RecordsByPartition:
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        asked = [one for one in wanted if one in self.positions and one not in self.paused]
        for partition in asked:
            if partition in self.refused:
                raise self.refused[partition]
        read: RecordsByPartition = {}
        for partition in asked[:max_records]:
            read[partition] = [Message(self.positions[partition])]
            self.positions[partition] += 1
        return read

    def assignment(self) -> set[TopicPartition]:
        return set(self.positions)

    def pause(self, partition: TopicPartition) -> None:
        self.paused.add(partition)

    def resume(self, partition: TopicPartition) -> None:
        self.paused.discard(partition)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.positions[partition] = offset


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_partitions, "PAUSE_S", 0.02)
    monkeypatch.setattr(refused_partitions, "TRIAL_S", 0.02)


def begin(client: Client) -> tuple[PartitionLag, Prefetcher]:
    lag = PartitionLag(["tickets", "clocks"])
    lag.applied |= client.positions
    return lag, Prefetcher(client, lag.applied, refusals=lag.refusals)


class Taken(dict[TopicPartition, list[int]]):
    """The offsets of all that was taken. What takes nothing has a full buffer soon, into which nothing more is read."""

    async def take(self, ahead: Prefetcher) -> None:
        for partition, messages in (await ahead.take(1)).items():
            self.setdefault(partition, []).extend(one.offset for one in messages)


REFUSED = TopicAuthorizationFailedError("clocks")


async def test_what_may_not_be_read_stops_no_other_and_goes_on_by_itself() -> None:
    client = Client()
    client.refused = {CLOCKS: REFUSED}
    lag, ahead = begin(client)
    reading = asyncio.create_task(ahead.run())
    found = Taken()
    for _ in range(50):
        await found.take(ahead)
    assert found[TICKETS] == list(range(len(found[TICKETS])))
    assert len(found[TICKETS]) > 20
    assert CLOCKS not in found
    assert set(lag.refusals) == {CLOCKS, MORE}
    description = lag.describe_unknown()
    assert description is not None
    assert description.startswith("topic clocks cannot be read in partition 0")
    assert "TopicAuthorizationFailedError" in description

    client.refused = {}

    async def is_well() -> bool:
        await found.take(ahead)
        return not lag.refusals and bool(found.get(CLOCKS))

    await until(is_well)
    for offsets in found.values():
        assert offsets == list(range(len(offsets))), "it goes on from where it had stopped"
    assert lag.describe_unknown() is None
    reading.cancel()


async def test_it_stays_known_as_refused_while_it_is_tried_again() -> None:
    """An alert that looks each fifteen seconds must not find it well by chance."""
    client = Client()
    client.refused = {CLOCKS: REFUSED}
    lag, ahead = begin(client)
    reading = asyncio.create_task(ahead.run())
    await until(lambda: CLOCKS in lag.refusals)
    looks: list[Any] = []
    for _ in range(200):
        await ahead.take(1)
        looks.append(CLOCKS in lag.refusals)
    assert all(looks)
    reading.cancel()


async def test_who_loses_a_partition_says_nothing_of_it_any_more() -> None:
    client = Client()
    client.refused = {CLOCKS: REFUSED}
    lag, ahead = begin(client)
    reading = asyncio.create_task(ahead.run())
    await until(lambda: CLOCKS in lag.refusals)
    del lag.applied[CLOCKS]

    async def is_forgotten() -> bool:
        await Taken().take(ahead)
        return CLOCKS not in lag.refusals

    await until(is_forgotten)
    reading.cancel()


@pytest.mark.parametrize(
    "error",
    [
        GroupAuthorizationFailedError("opsdesk.sla"),
        TopicAuthorizationFailedError("another"),
        # aiokafka has dropped then what it had taken of other partitions: only a new client reads it again.
        CorruptRecordException("Invalid CRC - TopicPartition(topic='clocks', partition=0)"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_concerns_the_client_as_a_whole_is_raised(error: KafkaError) -> None:
    client = Client()
    client.error = error
    _, ahead = begin(client)
    with pytest.raises(type(error)):
        await ahead.run()
