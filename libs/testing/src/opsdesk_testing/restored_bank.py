"""A sender with accounts that can be set back to an older state, as a restored backup does."""

from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import BigInteger, Column, MetaData, Table, Uuid, text

from common.domain import Actor
from common.events.restored import HistoryRestored
from common.messaging.batch_processor import BatchProcessor
from common.messaging.dlq_admin import list_dead_letters
from common.messaging.inbox import Inbox
from common.messaging.kafka import Kafka
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.positions import Record
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.persistence.sequenced import NumberSequence, Sequenced
from common.restoration.handlers import restored_handlers
from common.restoration.own_history import OwnHistory
from common.restoration.restore import Restored, restore
from opsdesk_testing.ledger import Paid, on_paid
from opsdesk_testing.waiting import run_until_exit, until

OPS = Actor("shell:omar")
ACCOUNTS = Table(
    "sent_accounts",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
BACKUP = ("sent_accounts", "outbox", "lost_history")


class Bank:
    """A sender with accounts, on a topic of its own, and what it needs to be restored."""

    def __init__(self, database: Database, owner_url: str, kafka: Kafka, topic: str) -> None:
        self.database, self.owner_url, self.kafka, self.topic = database, owner_url, kafka, topic
        self.paid = type("PaidHere", (Paid,), {"topic": topic, "__module__": __name__})
        self.restored_event = type(
            "BankRestored",
            (HistoryRestored,),
            {
                "topic": topic,
                "source": Paid.source,
                "type": "test.bank.restored.v1",
                "__module__": __name__,
            },
        )
        numbers = (
            NumberSequence("payment_numbers", "PAY", "payment"),
            NumberSequence("note_numbers", "NOT", None),
        )
        self.own = OwnHistory(
            Paid.source, {topic: self.restored_event}, {"account": Sequenced(ACCOUNTS)}, numbers
        )

    async def pay(self, account: UUID, amount: int) -> None:
        async with self.database.transaction() as tx:
            sequence = await tx.scalar(
                text(
                    "INSERT INTO sent_accounts AS a (id, sequence) VALUES (:id, 1) ON CONFLICT (id)"
                    " DO UPDATE SET sequence = a.sequence + 1 RETURNING sequence"
                ),
                {"id": account},
            )
            paid = self.paid(at="2030-01-07T12:00:00Z", account=account, amount=amount)
            await publish(tx, OutboxEvent(paid, sequence))

    async def sequence(self, account: UUID) -> int | None:
        async with self.database.transaction() as tx:
            found: int | None = await tx.scalar(
                text("SELECT sequence FROM sent_accounts WHERE id = :id"), {"id": account}
            )
            return found

    async def send(self) -> None:
        """Let the relay publish what waits."""
        async with run_until_exit(Relay(self.database, self.kafka)):
            await until(self._is_sent)

    async def _is_sent(self) -> bool:
        async with self.database.transaction() as tx:
            return not await tx.scalar(text("SELECT count(*) FROM outbox"))

    async def back_up(self) -> None:
        owner = await asyncpg.connect(self.owner_url)
        for table in BACKUP:
            await owner.execute(f"CREATE TABLE backup_{table} AS SELECT * FROM {table}")
        await owner.close()

    async def set_back(self) -> None:
        owner = await asyncpg.connect(self.owner_url)
        for table in BACKUP:
            await owner.execute(f"DELETE FROM {table}")
            await owner.execute(
                f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM backup_{table}"
            )
        await owner.close()

    async def restore(self) -> Restored:
        return await restore(self.database, self.kafka, self.own, OPS)

    async def records(self) -> list[Record]:
        consumer = AIOKafkaConsumer(**self.kafka.options())
        await consumer.start()
        partitions = [TopicPartition(self.kafka.topic(self.topic), number) for number in range(3)]
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)  # at once: the client would look for the end by itself
        found: list[Record] = []
        while len(found) < sum(ends.values()):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += map(Record.from_message, batch)
        await consumer.stop()
        return found


async def receive(bank: Bank) -> None:
    """A receiver in the same database applies all records of the topic."""
    handlers = {bank.paid: on_paid, **restored_handlers(bank.restored_event)}
    processor = BatchProcessor(bank.database, Inbox("test", handlers, bank.kafka.topic))
    await processor.process(await bank.records())


async def position(database: Database, account: UUID) -> int:
    async with database.transaction() as tx:
        found = await tx.scalar(
            text("SELECT sequence FROM inbox WHERE source = :source AND subject = :subject"),
            {"source": Paid.source, "subject": f"account/{account}"},
        )
        assert not await tx.scalar(text("SELECT count(*) FROM parked"))
        assert not await list_dead_letters(tx)
        return int(found or 0)
