"""Where reading goes on: offsets stored in the own database, committed with the effects.

So a database that was restored from a backup hears again what it lost, and the inbox drops the rest.
Kafka's committed offsets are for lag tools only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aiokafka import TopicPartition
from sqlalchemy import text

from common.messaging.positions import Partition, save_positions
from common.persistence.database import Connection, Database

Finding = Literal["expired", "rewound"]
"""expired: what was not read yet is deleted already. rewound: the topic was created again."""


@dataclass(frozen=True, slots=True)
class OffsetRange:
    """The offsets that a partition holds: `begin` is its first record, `end` the next to come."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin to read a partition, and what is wrong with the stored offset."""

    offset: int
    finding: Finding | None = None


def choose_start(stored: int | None, held: OffsetRange, committed: int) -> Start:
    """Return where to begin, given the stored offset of a partition and the range that it holds.

    Without a stored offset at the first record. A stored offset behind the end belongs to a topic
    that is gone: everything is heard again. One before the first record has lost what is between.

    `committed` is what Kafka itself remembers of the group, -1 where it remembers nothing. Where it is
    behind, all from there on is heard again: a second's worth after a crash, as commits come later;
    much more where the topic was created again, or Kafka restored, and has grown past what is stored.
    """
    if stored is None:
        return Start(held.begin)
    if stored > held.end:
        return Start(held.begin, "rewound")
    if stored < held.begin:
        return Start(held.begin, "expired")
    return Start(min(stored, max(held.begin, committed)))


async def load_offsets(tx: Connection) -> dict[TopicPartition, int]:
    """Return the next offset of every partition that was ever read."""
    rows = await tx.execute(text('SELECT topic, partition, "offset" FROM consumed_offsets'))
    return {TopicPartition(row.topic, row.partition): row.offset for row in rows}


async def read_offsets(database: Database) -> dict[TopicPartition, int]:
    """Return the same in a transaction of its own."""
    async with database.transaction(all_rows=True) as tx:
        return await load_offsets(tx)


async def reset_offsets(tx: Connection, offsets: Mapping[Partition, int]) -> None:
    """Store these offsets, also where that goes backwards. Only at the start of reading."""
    for topic, partition in offsets:
        await tx.execute(
            text("DELETE FROM consumed_offsets WHERE topic = :topic AND partition = :partition"),
            {"topic": topic, "partition": partition},
        )
    await save_positions(tx, {}, offsets)
