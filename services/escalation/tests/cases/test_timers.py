"""Steps that fire when they are due: on a real database, through the scheduler."""

from datetime import timedelta

from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT, threshold_reached
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events


async def test_steps_fire_on_time_and_repeat_until_exhausted(database: Database) -> None:
    """E1, E2 through the scheduler: the default policy, to the fallback contact."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    for minute in range(0, 120, 5):
        await freeze_time(database, NIGHT + minute * MINUTE)
        await fire_due(database, TIMERS)
    kinds = await run_sql(database, "SELECT kind, at FROM timeline ORDER BY sequence")
    assert [(kind, int((at - NIGHT) / MINUTE)) for kind, at in kinds] == [
        ("opened", 0),
        ("step_fired", 0),
        ("step_fired", 15),
        ("step_fired", 30),
        ("step_fired", 45),
        ("step_fired", 60),
        ("step_fired", 75),
        ("exhausted", 90),
    ]
    notified = "SELECT count(*) FROM notifications WHERE person = 'fallback'"
    assert await run_sql(database, notified) == [(1,)]


async def test_after_downtime_one_step_fires(database: Database) -> None:
    """E12: hours later, one step, marked late; the next counts from it."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    awake = NIGHT + timedelta(hours=5)
    await freeze_time(database, awake)
    assert await fire_due(database, TIMERS) == 1
    fired = [e.body for e in await outbox_events(database) if e.type.endswith("step_fired.v1")]
    assert {body["step"] for body in fired if body["late"]} == {2}
    due = await run_sql(database, "SELECT due_at FROM escalations")
    assert due == [(awake + 15 * MINUTE,)]


async def test_learned_late_the_first_step_is_marked_late(database: Database) -> None:
    """E12: the breach happened while escalation was away."""
    early = threshold_reached(at=NIGHT - timedelta(hours=2))
    await deliver(database, HANDLERS, (early, 1))
    first = next(e.body for e in await outbox_events(database) if e.type.endswith("step_fired.v1"))
    assert (first["late"], first["due_at"]) == (True, "2026-03-01T01:00:00Z")
