"""A ticket that is corrected while it is escalated (E9, E14, E17)."""

from sqlalchemy import text

from common.events.tickets import BlockerLifted, BlockerRaised, TicketHandedOver, TicketReclassified
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT, TICKET, ticket_event
from opsdesk_testing.protocol import deliver


async def test_a_running_case_keeps_its_cause_and_policy_and_new_ones_use_the_correction(
    database: Database,
) -> None:
    """The matrix is asked once, at the trigger; a later correction changes nothing."""
    was = {"previous_kind": "incident", "previous_service": None, "opened_at": NIGHT}
    corrected = ticket_event(
        TicketReclassified,
        kind="problem",
        service="portal",
        requested_by="anna",
        confirmed_by="omar",
        **was,
    )
    now = {"kind": "problem", "service": "portal"}
    forwarded = ticket_event(TicketHandedOver, hand_over_id=TICKET, to="second_level", **now)
    lifted = ticket_event(BlockerLifted, reason="resolved", **now)
    await deliver(database, HANDLERS, (ticket_event(BlockerRaised), 1), (corrected, 2))
    query = text("SELECT trigger, ticket_kind, service, status FROM escalations ORDER BY id")
    async with database.transaction() as tx:
        before = [tuple(row) for row in await tx.execute(query)]
    assert before == [("blocker_raised", "incident", None, "open")]
    await deliver(database, HANDLERS, (forwarded, 3), (lifted, 4))
    async with database.transaction() as tx:
        after = [tuple(row) for row in await tx.execute(query)]
        assert await tx.scalar(text("SELECT count(*) FROM parked")) == 0
    assert after == [
        ("blocker_raised", "incident", None, "resolved"),
        ("forwarded", "problem", "portal", "open"),
    ]
