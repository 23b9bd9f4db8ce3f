"""Hand-overs: who answers for them hears of it, and others when they do not (R5)."""

from common.events.hand_overs import (
    TicketHandOverAcknowledged,
    TicketHandOverOverdue,
    TicketHandOverUnacknowledged,
    TicketPartnerMailUndelivered,
    TicketPartnerRepliedLate,
)
from common.events.problems import TicketFixRequested
from common.events.tickets import TicketClosed, TicketHandedBack, TicketHandedOver
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT, TICKET, ticket_event
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver

LATE = ticket_event(
    TicketHandOverUnacknowledged,
    number=1,
    acknowledge_by=NIGHT,
    missing=["po"],
    people=["pavel"],
)


async def informed(database: Database) -> list[str]:
    """Who was told for their information, and not paged."""
    query = "SELECT DISTINCT person FROM notifications WHERE purpose = 'duty' ORDER BY person"
    return [person for (person,) in await run_sql(database, query)]


async def states(database: Database) -> list[tuple[object, ...]]:
    query = "SELECT trigger, status FROM escalations ORDER BY opened_at, id"
    return [tuple(row) for row in await run_sql(database, query)]


async def test_those_named_are_told_and_where_nobody_is_everybody_with_the_role(
    database: Database,
) -> None:
    over = ticket_event(
        TicketHandedOver, hand_over_id=TICKET, to="partner", partner="hosthaven",
        delivery_managers=["dana"], product_owners=["somebody-who-left"],
    )  # fmt: skip
    await deliver(database, HANDLERS, (over, 1))
    assert await informed(database) == ["dana", "pavel"]
    [(title,)] = await run_sql(database, "SELECT title FROM escalations")
    assert "handed over to partner hosthaven" in str(title)


async def test_what_a_partner_writes_too_late_informs_who_worked_on_it_until_one_has_read_it(
    database: Database,
) -> None:
    """R5, E20: told, not paged; the TOM where nobody of them is here any more"""
    facts = {"message_id": TICKET, "partner": "hosthaven", "state": "closed"}
    late = ticket_event(TicketPartnerRepliedLate, people=["anna", "gone"], **facts)
    orphaned = ticket_event(TicketPartnerRepliedLate, people=["gone"], **facts)
    await deliver(database, HANDLERS, (late, 1))
    assert await informed(database) == ["anna"]
    closed = ticket_event(TicketClosed, state="closed")
    await deliver(database, HANDLERS, (closed, 2), (orphaned, 3))
    assert await informed(database) == ["anna", "theo"]
    assert await states(database) == [("partner_replied_late", "open")]
    [(title,)] = await run_sql(database, "SELECT title FROM escalations")
    assert title == "OPS-1042: partner hosthaven wrote after it was closed"


async def test_what_nobody_acknowledged_reaches_the_tom_until_somebody_does(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (LATE, 1))
    assert {"pavel", "theo"} <= {*await informed(database)}
    half = ticket_event(TicketHandOverAcknowledged, number=1, roles=["dm"], missing=["po"])
    await deliver(database, HANDLERS, (half, 2))
    assert await states(database) == [("hand_over_unacknowledged", "open")]
    whole = ticket_event(TicketHandOverAcknowledged, number=1, roles=["po"], missing=[])
    await deliver(database, HANDLERS, (whole, 3))
    assert await states(database) == [("hand_over_unacknowledged", "resolved")]


async def test_what_comes_back_is_late_no_more(database: Database) -> None:
    overdue = ticket_event(
        TicketHandOverOverdue, number=1, to="partner", partner="hosthaven", due_at=NIGHT
    )
    await deliver(database, HANDLERS, (LATE, 1), (overdue, 2))
    assert {status for _, status in await states(database)} == {"open"}
    back = ticket_event(TicketHandedBack, handed_back_by="partner", partner="hosthaven")
    await deliver(database, HANDLERS, (back, 3))
    assert {status for _, status in await states(database)} == {"resolved"}


async def test_a_partner_who_got_no_mail_comes_before_people(database: Database) -> None:
    lost = ticket_event(
        TicketPartnerMailUndelivered, message_id=TICKET, partner="hosthaven", reason="550 5.1.1"
    )
    await deliver(database, HANDLERS, (lost, 1))
    assert await states(database) == [("reply_undelivered", "open")]


async def test_the_product_owner_is_told_of_a_fix_and_nobody_is_paged(database: Database) -> None:
    fix = ticket_event(
        TicketFixRequested,
        change_request_id=TICKET,
        change_request="OPS-9",
        product_owners=["pavel"],
    )
    await deliver(database, HANDLERS, (fix, 1))
    assert await informed(database) == ["pavel"]
    assert await states(database) == [("fix_requested", "resolved")]
