"""Work of one person that waits too long for another one comes before people."""

from typing import Any
from uuid import UUID

from common.events.second_eyes import (
    SecondEyesGiven,
    SecondEyesOverdue,
    TicketSecondEyesGiven,
    TicketSecondEyesOverdue,
)
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT, ticket_event
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver


async def test_what_waits_too_long_for_a_second_person_comes_before_people(
    database: Database,
) -> None:
    """R1: until one has come; resolving the ticket is not that"""
    waits = ticket_event(TicketSecondEyesOverdue, waits_for=["verify"], since=NIGHT)
    await deliver(database, HANDLERS, (waits, 1), (waits, 2))
    [case] = await run_sql(database, "SELECT trigger, status, title FROM escalations")
    title = "OPS-1042: resolved and not verified, which waits for a second person"
    assert case == ("second_eyes_overdue", "open", title)
    notified = await run_sql(database, "SELECT person FROM notifications ORDER BY person")
    assert notified == [("anna",), ("omar",)]
    given = ticket_event(TicketSecondEyesGiven, waited_for=["verify"])
    await deliver(database, HANDLERS, (given, 3))
    assert await run_sql(database, "SELECT status FROM escalations") == [("resolved",)]


async def test_so_does_what_waits_elsewhere_than_on_a_ticket(database: Database) -> None:
    """R1"""
    facts: dict[str, Any] = {
        "at": NIGHT,
        "wait_id": UUID(int=7),
        "waits_for": "verify_access_grant",
        "about": "ACC-1",
        "customer": None,
        "since": NIGHT,
    }
    await deliver(database, HANDLERS, (SecondEyesOverdue(**facts), 1))
    [case] = await run_sql(database, "SELECT trigger, status, title FROM escalations")
    title = "ACC-1: an access is given and not verified, which waits for a second person"
    assert case == ("second_eyes_overdue", "open", title)
    notified = await run_sql(database, "SELECT person FROM notifications ORDER BY person")
    assert notified == [("anna",), ("omar",)]
    await deliver(database, HANDLERS, (SecondEyesGiven(**facts), 2))
    assert await run_sql(database, "SELECT status FROM escalations") == [("resolved",)]
