"""What escalation does with events: on a real database, with real commits."""

from typing import Any

from common.events.clocks import ClockBreached, ClockBreachWithdrawn, ClockCancelled, ClockMet
from common.events.environments import EnvironmentCompliant, EnvironmentDebtOverdue
from common.events.tickets import (
    BlockerLifted,
    BlockerRaised,
    TicketHandedOver,
    TicketReplyUndelivered,
    TicketResolved,
)
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import (
    MINUTE,
    NIGHT,
    PROD,
    TICKET,
    clock_event,
    threshold_reached,
    ticket_event,
)
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver, outbox_events

BREACHED = {"due_at": NIGHT, "fired_at": NIGHT, "reason": "time is up"}


async def states(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT trigger, status FROM escalations ORDER BY id")


async def notified(database: Database) -> list[object]:
    notifications = await run_sql(database, "SELECT person FROM notifications ORDER BY person")
    return [person for (person,) in notifications]


async def test_a_warning_notifies_first_level_and_is_announced_to_the_teams(
    database: Database,
) -> None:
    """R3, E1: row, notifications and events come to be together."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    assert await states(database) == [("clock_threshold_reached", "open")]
    assert await notified(database) == ["anna", "omar"]
    events = await outbox_events(database)
    main = [(e.type, e.sequence) for e in events if e.topic == "opsdesk.escalations"]
    assert main == [("opsdesk.escalation.opened.v1", 1), ("opsdesk.escalation.step_fired.v1", 2)]
    dm = [e for e in events if e.topic == "opsdesk.escalations.dm"]
    assert [(e.type, e.sequence) for e in dm] == main
    assert dm[0].body["ticket"] == "OPS-1042"
    armed = await run_sql(database, "SELECT kind, due_at FROM deadlines WHERE due_at IS NOT NULL")
    assert armed == [("step", NIGHT + 15 * MINUTE)]


async def test_nothing_of_the_customers_words_goes_on(database: Database) -> None:
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    assert not any("invoices" in str(event.body) for event in await outbox_events(database))
    assert await run_sql(database, "SELECT title FROM escalations") == [
        ("OPS-1042: time for resolution is 75% used up",)
    ]


async def test_a_further_warning_joins_the_case(database: Database) -> None:
    """E9: the timeline grows, nobody is notified again."""
    await deliver(database, HANDLERS, (threshold_reached(0.5), 1), (threshold_reached(0.75), 2))
    assert await states(database) == [("clock_threshold_reached", "open")]
    assert await notified(database) == ["anna", "omar"]
    kinds = await run_sql(database, "SELECT kind FROM timeline ORDER BY sequence")
    assert kinds == [("opened",), ("step_fired",), ("repeated",)]


async def test_after_resolution_the_same_cause_makes_a_new_case(database: Database) -> None:
    """E9."""
    ended = clock_event(ClockMet, stopped_at=NIGHT, elapsed_seconds=1)
    await deliver(
        database, HANDLERS, (threshold_reached(0.5), 1), (ended, 2), (threshold_reached(0.75), 3)
    )
    assert await states(database) == [
        ("clock_threshold_reached", "resolved"),
        ("clock_threshold_reached", "open"),
    ]


async def test_duplicates_and_disorder_change_nothing(database: Database) -> None:
    """The breach comes before the warning and twice: each takes effect once, in order."""
    breach = clock_event(ClockBreached, **BREACHED)
    await deliver(database, HANDLERS, (breach, 2))
    assert await states(database) == []
    await deliver(
        database,
        HANDLERS,
        (breach, 2),
        (threshold_reached(), 1),
        (breach, 2),
        (threshold_reached(), 1),
    )
    assert await states(database) == [
        ("clock_threshold_reached", "resolved"),
        ("clock_breached", "open"),
    ]
    assert await notified(database) == ["anna", "anna", "omar", "omar"]


async def test_a_breach_that_the_gm_approved_in_time_wakes_nobody(database: Database) -> None:
    """R2: and ends the warning."""
    approved = clock_event(ClockBreached, **BREACHED, approved=True)
    await deliver(database, HANDLERS, (threshold_reached(), 1), (approved, 2))
    assert await states(database) == [("clock_threshold_reached", "resolved")]


async def test_whoever_was_notified_of_a_withdrawn_breach_gets_an_all_clear(
    database: Database,
) -> None:
    """Late knowledge: the clock had stopped in time."""
    await deliver(database, HANDLERS, (clock_event(ClockBreached, **BREACHED), 1))
    await run_sql(database, "UPDATE notifications SET state = 'sent' WHERE person = 'anna'")
    withdrawn = clock_event(ClockBreachWithdrawn, stopped_at=NIGHT)
    await deliver(database, HANDLERS, (withdrawn, 2))
    notifications = await run_sql(
        database, "SELECT person, purpose, state FROM notifications ORDER BY 1, 2"
    )
    assert notifications == [
        ("anna", "all_clear", "ready"),
        ("anna", "page", "sent"),
        ("omar", "page", "cancelled"),
    ]


async def test_a_breach_withdrawn_after_the_ticket_ended_gives_an_all_clear_too(
    database: Database,
) -> None:
    """Late knowledge: escalation learns of the ticket's end before sla does."""
    await deliver(database, HANDLERS, (clock_event(ClockBreached, **BREACHED), 1))
    await run_sql(database, "UPDATE notifications SET state = 'sent' WHERE person = 'anna'")
    withdrawn = clock_event(ClockBreachWithdrawn, stopped_at=NIGHT)
    await deliver(
        database, HANDLERS, (ticket_event(TicketResolved, state="resolved"), 1), (withdrawn, 2)
    )
    await deliver(database, HANDLERS, (withdrawn, 2))
    owed = "SELECT person FROM notifications WHERE purpose = 'all_clear'"
    assert await run_sql(database, owed) == [("anna",)]
    kinds = "SELECT kind FROM timeline ORDER BY sequence DESC LIMIT 2"
    assert await run_sql(database, kinds) == [("withdrawn",), ("resolved",)]


async def test_a_cancelled_clock_ends_what_it_set_off(database: Database) -> None:
    gone = clock_event(ClockCancelled, reason="merged into OPS-7")
    await deliver(database, HANDLERS, (threshold_reached(), 1), (gone, 2))
    assert await states(database) == [("clock_threshold_reached", "resolved")]
    assert await run_sql(database, "SELECT count(*) FROM deadlines WHERE due_at IS NOT NULL") == [
        (0,)
    ]


async def test_the_ticket_resolved_ends_everything_about_it(database: Database) -> None:
    """E5: and whatever is not sent yet."""
    blocker = ticket_event(BlockerRaised)
    await deliver(database, HANDLERS, (threshold_reached(), 1), (blocker, 1))
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, state="resolved"), 2))
    assert {status for _, status in await states(database)} == {"resolved"}
    assert await run_sql(database, "SELECT DISTINCT state FROM notifications") == [("cancelled",)]


async def test_a_lifted_blocker_ends_its_case(database: Database) -> None:
    lifted = ticket_event(BlockerLifted, reason="lowered", priority="major")
    await deliver(database, HANDLERS, (ticket_event(BlockerRaised), 1), (lifted, 2))
    assert await states(database) == [("blocker_raised", "resolved")]


async def test_dm_and_po_are_informed_of_what_first_level_could_not_resolve(
    database: Database,
) -> None:
    """R5: whatever the policy says, by mail and on their topics."""
    await deliver(
        database,
        HANDLERS,
        (ticket_event(TicketHandedOver, hand_over_id=TICKET, to="second_level"), 1),
    )
    assert await notified(database) == ["anna", "dana", "omar", "pavel"]
    topics = {event.topic for event in await outbox_events(database)}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.po"} <= topics


async def test_a_forwarded_ticket_that_affects_no_environment_stays_quiet(
    database: Database,
) -> None:
    """R5 speaks of customer environments."""
    nowhere: dict[str, Any] = {"environment": None, "environment_id": None}
    handed_over = ticket_event(TicketHandedOver, hand_over_id=TICKET, to="partner", **nowhere)
    await deliver(database, HANDLERS, (handed_over, 1))
    assert await states(database) == []


async def test_an_answer_that_did_not_arrive_comes_before_people(database: Database) -> None:
    """R3: once for each ticket, until it is resolved, and without a word or address of the customer."""
    undelivered = ticket_event(
        TicketReplyUndelivered, message_id=TICKET, reason="the mail server answered 550 5.1.1"
    )
    await deliver(database, HANDLERS, (undelivered, 1), (undelivered, 2))
    assert await states(database) == [("reply_undelivered", "open")]
    assert await notified(database) == ["anna", "omar"]
    [(title,)] = await run_sql(database, "SELECT title FROM escalations")
    assert title == (
        "OPS-1042: our answer has not reached the customer by mail"
        " (the mail server answered 550 5.1.1)"
    )
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, state="resolved"), 3))
    assert await states(database) == [("reply_undelivered", "resolved")]


DEBT: dict[str, Any] = {
    "at": NIGHT,
    "environment_id": PROD,
    "environment": "acme-prod",
    "customer": "acme",
}


async def test_an_overdue_debt_reaches_dm_and_po_until_it_is_settled(database: Database) -> None:
    """G8, R5."""
    overdue = EnvironmentDebtOverdue(
        **DEBT, emergency_id=TICKET, emergency="EMG-1", due_at=NIGHT, fired_at=NIGHT
    )
    await deliver(database, HANDLERS, (overdue, 1))
    assert {"dana", "pavel"} <= set(await notified(database))
    await deliver(database, HANDLERS, (EnvironmentCompliant(**DEBT), 2))
    assert await states(database) == [("debt_overdue", "resolved")]


async def test_mandatory_notices_are_not_stopped_by_an_acknowledgement(database: Database) -> None:
    """R5 with E5: the notice to DM and PO goes out whoever has taken the case."""
    await deliver(
        database,
        HANDLERS,
        (ticket_event(TicketHandedOver, hand_over_id=TICKET, to="second_level"), 1),
    )
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, state="resolved"), 2))
    notifications = await run_sql(
        database, "SELECT person, state FROM notifications ORDER BY person"
    )
    assert notifications == [
        ("anna", "cancelled"),
        ("dana", "ready"),
        ("omar", "cancelled"),
        ("pavel", "ready"),
    ]
