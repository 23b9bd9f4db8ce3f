"""What waits too long is seen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from common.messaging.inbox import Impossible
from common.messaging.outbox import Announcement, announce
from common.messaging.queue_metrics import look
from common.persistence.database import Connection, Database
from opsdesk_testing.ledger import Paid, paid
from opsdesk_testing.protocol import hear

ONE = UUID(int=1)


async def test_unsent_parked_and_dead_are_counted(database: Database) -> None:
    async def refuse(tx: Connection, events: Sequence[Any]) -> None:
        raise Impossible("never")

    async with database.transaction() as tx:
        await announce(tx, Announcement(paid(ONE, 1), 1))
    await hear(database, {Paid: refuse}, (paid(ONE, 1), 1), (paid(ONE, 2), 2))
    await look(database)
    assert _gauge("opsdesk_outbox_unsent") == 2  # the payment, and the notice of the dead letter
    assert _gauge("opsdesk_parked_records") == 1
    assert _gauge("opsdesk_dead_letters_open") == 1
    assert _gauge("opsdesk_outbox_oldest_seconds") == pytest.approx(0, abs=60)


def _gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)
