"""A customer escalates a ticket: a named person answers in time, or the next step fires (R3)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.events.customer_voices import (
    CustomerEscalationAnswered,
    CustomerEscalationTaken,
    TicketEscalatedByCustomer,
)
from common.events.improvements import ImprovementOverdue, ImprovementVerified
from common.events.tickets import TicketResolved
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.timers import TIMERS
from escalation_support.builders import NIGHT, TICKET, ticket_event
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

HOUR = timedelta(hours=1)
FACTS: dict[str, Any] = {
    "escalation_id": UUID(int=0xE5),
    "due_at": NIGHT + HOUR,
    "priority": "major",
}


async def _fired_by_time(database: Database) -> int:
    fired = "SELECT count(*) FROM timeline WHERE kind = 'step_fired' AND by = 'opsdesk'"
    [(count,)] = await run_sql(database, fired)
    return int(count)


async def _states(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT trigger, status FROM escalations ORDER BY id")


async def test_a_case_names_who_answers_and_ends_with_the_answer_alone(
    database: Database,
) -> None:
    escalated = ticket_event(TicketEscalatedByCustomer, owner=None, **FACTS)
    taken = ticket_event(CustomerEscalationTaken, owner="omar", **FACTS)
    resolved = ticket_event(TicketResolved, state="resolved")
    await deliver(database, HANDLERS, (escalated, 1), (taken, 2), (resolved, 3))
    assert await _states(database) == [("customer_escalated", "open")]
    assert await run_sql(database, "SELECT title FROM escalations") == [
        ("OPS-1042: acme escalates it",)
    ]
    notes = "SELECT detail->>'note' FROM timeline WHERE kind = 'repeated'"
    assert await run_sql(database, notes) == [("omar answers the customer",)]
    answer = {"owner": "omar", "by": "omar", "message_id": TICKET, "in_time": True}
    answered = ticket_event(CustomerEscalationAnswered, **FACTS | answer)
    await deliver(database, HANDLERS, (answered, 4))
    assert await _states(database) == [("customer_escalated", "resolved")]
    await freeze_time(database, NIGHT + 2 * HOUR)
    await fire_due(database, TIMERS)
    assert await _fired_by_time(database) == 0


async def test_unanswered_the_next_step_fires_also_where_somebody_has_acknowledged(
    database: Database,
) -> None:
    escalated = ticket_event(TicketEscalatedByCustomer, owner="anna", **FACTS)
    await deliver(database, HANDLERS, (escalated, 1))
    await run_sql(database, "UPDATE escalations SET status = 'acknowledged', due_at = NULL")
    await freeze_time(database, NIGHT + HOUR - timedelta(seconds=1))
    await fire_due(database, TIMERS)
    assert await _fired_by_time(database) == 0
    await freeze_time(database, NIGHT + HOUR)
    await fire_due(database, TIMERS)
    assert await _fired_by_time(database) == 1


async def test_overdue_monitoring_comes_before_people_until_it_is_verified(
    database: Database,
) -> None:
    """R9"""
    facts: dict[str, Any] = {
        "at": NIGHT,
        "improvement_id": UUID(int=0x30),
        "improvement": "MON-1",
        "ticket_id": TICKET,
        "ticket": "OPS-1042",
        "cause": "found_by_customer",
        "owner": None,
        "due_at": NIGHT,
    }
    await deliver(database, HANDLERS, (ImprovementOverdue(**facts), 1))
    assert await _states(database) == [("improvement_overdue", "open")]
    [(title,)] = await run_sql(database, "SELECT title FROM escalations")
    assert title == (
        "MON-1: better monitoring for OPS-1042 is overdue"
        " (the customer noticed first; owner: nobody yet)"
    )
    await deliver(database, HANDLERS, (ImprovementVerified(**facts, by="omar"), 2))
    assert await _states(database) == [("improvement_overdue", "resolved")]
