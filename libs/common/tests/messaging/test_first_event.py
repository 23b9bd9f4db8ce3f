"""Two replicas apply a subject's first event at the same time: its effect is there once."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from common.messaging.inbox import BatchResult, Inbox
from common.messaging.positions import ConcurrentConsumerError
from common.persistence.database import Connection, Database
from opsdesk_testing.ledger import Paid, amounts, make_tables, on_paid, paid_event
from opsdesk_testing.protocol import record_of

ONE = UUID(int=1)


async def test_the_first_event_of_a_subject_takes_effect_once_on_two_replicas(
    database: Database, owner_url: str
) -> None:
    """There is no row to lock yet: only the insert of the position shows who was faster."""
    await make_tables(database, owner_url)
    both_found_nothing = asyncio.Barrier(2)

    async def on_paid_at_once(tx: Connection, events: Sequence[Any]) -> None:
        await both_found_nothing.wait()
        await on_paid(tx, events)

    inbox = Inbox("test", {Paid: on_paid_at_once})
    record = record_of(paid_event(ONE, 5), 1)

    async def apply() -> BatchResult:
        async with database.transaction() as tx:
            return await inbox.process(tx, [record])

    results = await asyncio.gather(apply(), apply(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == [
        BatchResult.__name__,
        ConcurrentConsumerError.__name__,
    ]
    assert await amounts(database, ONE) == [5]
