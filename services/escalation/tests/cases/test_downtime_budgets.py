"""R3: those who plan hear of a month's downtime while some of what is allowed is left."""

from uuid import UUID

from common.events.outages import DowntimeBudgetThresholdReached
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, NIGHT
from opsdesk_testing.protocol import deliver, outbox_events


def used(share: float) -> DowntimeBudgetThresholdReached:
    return DowntimeBudgetThresholdReached(
        at=NIGHT,
        budget_id=UUID(int=55),
        agreement="acme-support",
        customer_id=ACME,
        customer="acme",
        month="2026-03-01",
        threshold=share,
        reached_at=NIGHT,
        promised=0.995,
        budget_seconds=3600,
        down_seconds=int(3600 * share),
    )


async def test_shares_join_one_case_and_the_last_is_a_case_of_its_own(database: Database) -> None:
    for number, share in enumerate((0.5, 0.9, 1.0), start=1):
        await deliver(database, HANDLERS, (used(share), number))
    said = [one for one in await outbox_events(database) if one.topic == "opsdesk.escalations"]
    cases = [
        (one.type.split(".")[2], one.body["trigger"])
        for one in said
        if one.type.split(".")[2] in ("opened", "resolved")
    ]
    assert cases == [
        ("opened", "downtime_budget_threshold_reached"),
        ("resolved", "downtime_budget_threshold_reached"),
        ("opened", "downtime_budget_exhausted"),
    ]
    heard = {one.topic for one in await outbox_events(database)}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.gm"} <= heard
