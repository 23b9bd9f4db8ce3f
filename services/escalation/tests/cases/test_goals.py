"""R3: people hear that a goal is about to be missed, and that it can no longer be met."""

from typing import Any
from uuid import UUID

from common.events.goals import GoalAtRisk, GoalEvent, GoalLost
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, NIGHT
from escalation_support.case_events import opened_and_resolved
from opsdesk_testing.protocol import deliver, outbox_events


def goal(kind: type[GoalEvent], **overrides: Any) -> GoalEvent:
    fields: dict[str, Any] = {
        "at": NIGHT,
        "goal_id": UUID(int=56),
        "agreement": "acme-support",
        "customer_id": ACME,
        "customer": "acme",
        "month": "2026-03",
        "goal": "95 % of resolutions of major tickets in time",
        "target": 0.95,
        "share": 0.9,
        "met": 18,
        "broken": 2,
        "allowed": 2,
        "burn_rate": 2.0,
    }
    return kind(**fields | overrides)


async def test_a_goal_at_risk_is_one_case_and_a_lost_one_another(database: Database) -> None:
    await deliver(database, HANDLERS, (goal(GoalAtRisk), 1))
    await deliver(database, HANDLERS, (goal(GoalLost, broken=3), 2))
    events = await outbox_events(database)
    assert await opened_and_resolved(database) == [
        ("opened", "goal_at_risk"),
        ("resolved", "goal_at_risk"),
        ("opened", "goal_lost"),
    ]
    topics = {event.topic for event in events}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.gm"} <= topics
    titles = [
        event.body["title"] for event in events if event.type.endswith("escalation.opened.v1")
    ]
    assert any("can no longer be met (90.0% so far)" in title for title in titles)
