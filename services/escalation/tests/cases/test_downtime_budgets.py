"""R3: people are notified of a month's downtime while some of its budget is left."""

from uuid import UUID

from common.events.outages import DowntimeBudgetThresholdReached
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, NIGHT
from escalation_support.case_events import opened_and_resolved
from opsdesk_testing.protocol import deliver, outbox_events


def used(threshold: float) -> DowntimeBudgetThresholdReached:
    return DowntimeBudgetThresholdReached(
        at=NIGHT,
        budget_id=UUID(int=55),
        agreement="acme-support",
        customer_id=ACME,
        customer="acme",
        month="2026-03-01",
        threshold=threshold,
        reached_at=NIGHT,
        promised=0.995,
        budget_seconds=3600,
        down_seconds=int(3600 * threshold),
    )


async def test_thresholds_join_one_case_and_the_last_is_a_case_of_its_own(
    database: Database,
) -> None:
    for number, threshold in enumerate((0.5, 0.9, 1.0), start=1):
        await deliver(database, HANDLERS, (used(threshold), number))
    events = await outbox_events(database)
    assert await opened_and_resolved(database) == [
        ("opened", "downtime_budget_threshold_reached"),
        ("resolved", "downtime_budget_threshold_reached"),
        ("opened", "downtime_budget_exhausted"),
    ]
    topics = {event.topic for event in events}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.gm"} <= topics
