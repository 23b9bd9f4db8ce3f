"""A reclassification that crashes half-way leaves nothing; its repetition is complete."""

from typing import Any

import pytest

from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database
from opsdesk_testing.protocol import deliver, outbox_events
from sla.clocks import commands
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, clocks_of, event_types
from sla_support.company import promise, ticket_opened
from sla_support.reclassifications import BILLING, portal_agreement, ticket_reclassified


@pytest.mark.parametrize("survived", [0, 1, 2])
async def test_a_correction_that_was_cut_off_is_done_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    """After the clocks were changed, after new ones were begun, after these had caught up"""
    await portal_agreement(
        database, await promise(database, metrics=("resolution",)), "update", "resolution"
    )
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1))
    before = await clocks_of(database, 1)
    announced = 0

    async def fails(tx: Connection, *news: OutboxEvent) -> None:
        nonlocal announced
        await publish(tx, *news)
        announced += 1
        if announced == survived + 1:
            raise ConnectionError("killed before the commit")

    monkeypatch.setattr(commands, "publish", fails)
    event: Any = ticket_reclassified(1, service="portal")
    with pytest.raises(ConnectionError):
        await deliver(database, HANDLERS, (event, 2))
    assert await clocks_of(database, 1) == before
    await deliver(database, HANDLERS, (event, 2), (event, 2))
    found = await clocks_of(database, 1)
    assert set(found) == {"update", "resolution"}
    assert event_types(await outbox_events(database), "update") == ["started"]
    assert event_types(await outbox_events(database), "resolution") == [
        "started",
        "deadline_changed",
    ]
    await assert_consistent(database)
