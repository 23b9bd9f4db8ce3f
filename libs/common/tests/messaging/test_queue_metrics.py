"""What waits too long is seen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from common.messaging.inbox import PermanentError
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.queue_metrics import collect
from common.persistence.database import Connection, Database
from opsdesk_testing.ledger import Paid, paid_event
from opsdesk_testing.protocol import deliver

ONE = UUID(int=1)


async def test_unsent_parked_and_dead_are_counted(database: Database) -> None:
    async def refuse(tx: Connection, events: Sequence[Any]) -> None:
        raise PermanentError("never")

    async with database.transaction() as tx:
        await publish(tx, OutboxEvent(paid_event(ONE, 1), 1))
    await deliver(database, {Paid: refuse}, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    await collect(database)
    assert _gauge("opsdesk_outbox_unsent") == 2  # the payment, and the notice of the dead letter
    assert _gauge("opsdesk_parked_records") == 1
    assert _gauge("opsdesk_dead_letters_open") == 1
    assert _gauge("opsdesk_outbox_oldest_seconds") == pytest.approx(0, abs=60)


def _gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)
