"""R3: people are informed once of usage that approaches its limit, and when it does no more."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from common.events.usage import (
    UsageEvent,
    UsageLimitApproaching,
    UsageLimitCleared,
    UsageLimitReached,
)
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT
from escalation_support.case_events import opened_and_resolved
from opsdesk_testing.protocol import deliver, outbox_events

U = TypeVar("U", bound=UsageEvent)


def usage(kind: type[U], **own: object) -> U:
    payload: dict[str, object] = {
        "at": NIGHT,
        "series_id": UUID(int=77),
        "series": "acme.disk",
        "name": "Disk",
        "unit": "GiB",
        "customer": "acme",
        "environment": "acme-prod",
        "limit": 100,
        "current": 80,
    }
    return kind.model_validate(payload | own)


async def test_a_limit_approached_then_reached_then_cleared(database: Database) -> None:
    approaching = usage(
        UsageLimitApproaching,
        expected=date(2026, 7, 1),
        earliest=None,
        latest=None,
        plan_ahead_seconds=1,
    )
    await deliver(database, HANDLERS, (approaching, 1))
    assert await opened_and_resolved(database) == [("opened", "limit_approaching")]
    (audience,) = {e.topic for e in await outbox_events(database) if e.topic.endswith(".dm")}
    assert audience == "opsdesk.escalations.dm"
    await deliver(database, HANDLERS, (usage(UsageLimitReached, current=100), 2))
    assert (await opened_and_resolved(database))[1:] == [
        ("resolved", "limit_approaching"),
        ("opened", "limit_reached"),
    ]
    await deliver(database, HANDLERS, (usage(UsageLimitCleared, current=20), 3))
    assert (await opened_and_resolved(database))[3:] == [("resolved", "limit_reached")]
