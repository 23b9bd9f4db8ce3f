"""A small service for the protocol tests: accounts that receive payments and count them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text

from common.events.envelope import Event, ReceivedEvent
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


class Paid(Event):
    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "test/bank"
    type: ClassVar[str] = "test.account.paid.v1"

    account: UUID
    amount: int

    def subject(self) -> str:
        return f"account/{self.account}"


class Counted(Event):
    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "test/ledger"
    type: ClassVar[str] = "test.entry.counted.v1"

    account: UUID
    amount: int

    def subject(self) -> str:
        return f"entry/{self.account}"


def paid_event(account: UUID, amount: int) -> Paid:
    return Paid(at=NOON, account=account, amount=amount)


async def make_tables(database: Database, owner_url: str) -> None:
    import asyncpg

    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        "CREATE TABLE accounts (id uuid PRIMARY KEY, sequence bigint NOT NULL DEFAULT 0,"
        " amounts int[] NOT NULL DEFAULT '{}')"
    )
    await owner.close()


async def on_paid(tx: Connection, events: Sequence[ReceivedEvent[Paid]]) -> None:
    """Store every amount once, in order, and publish an event about it."""
    for received in sorted(events, key=lambda one: one.event.account):
        row = await tx.execute(
            text(
                "INSERT INTO accounts AS a (id, sequence, amounts) VALUES (:id, 1, ARRAY[CAST(:amount AS int)])"
                " ON CONFLICT (id) DO UPDATE SET sequence = a.sequence + 1,"
                " amounts = a.amounts || CAST(:amount AS int) RETURNING sequence"
            ),
            {"id": received.event.account, "amount": received.event.amount},
        )
        counted = Counted(at=NOON, account=received.event.account, amount=received.event.amount)
        await publish(tx, OutboxEvent(counted, row.scalar_one()))


async def amounts(database: Database, account: UUID) -> list[int]:
    async with database.transaction() as tx:
        stored = await tx.scalar(
            text("SELECT amounts FROM accounts WHERE id = :id"), {"id": account}
        )
    return list(stored or [])


async def lock_accounts(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    rows = await tx.execute(
        text(
            "SELECT id FROM accounts WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
        ).bindparams(bindparam("ids", type_=ARRAY(Uuid))),
        {"ids": list(ids)},
    )
    return set(rows.scalars())
