"""A reclassification also changes the clocks of second level and partners (C6, R13)."""

from typing import Any

from sqlalchemy import text

from common.events.tickets import (
    TicketAssigned,
    TicketForwarded,
    TicketHandedBack,
    TicketPrioritised,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.agreements.domain.agreement import Agreement, Target
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of
from sla_support.company import (
    HOUR,
    NINE,
    also_promise,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)
from sla_support.reclassifications import BILLING, ticket_reclassified


def forwarding_event(hours: float, partner: str | None = "hosthaven") -> TicketForwarded:
    to = "partner" if partner else "second_level"
    state: dict[str, Any] = {"state": "forwarded", "to": to, "partner": partner}
    return ticket_event(TicketForwarded, 1, NINE + hours * HOUR, **BILLING | state)


async def promise_for_the_portal(database: Database, like: Agreement, *metrics: Any) -> Agreement:
    targets = tuple(Target(metric, "major", 2 * HOUR) for metric in metrics)
    more: dict[str, Any] = {"services": ("portal",), "targets": targets}
    return await also_promise(database, like, f"{like.partner or 'second-level'}-portal", **more)


async def test_their_clocks_move_to_what_they_promised_for_that_service(database: Database) -> None:
    """And what only that promises runs from the forwarding on, by what was heard since."""
    under = await promise(database, metrics=("resolution",))
    ola = await underpin(database, under)
    portal = await promise_for_the_portal(database, ola, "first_response", "resolution")
    taken = ticket_event(
        TicketAssigned, 1, NINE + 2 * HOUR, state="forwarded", assignee="sven", **BILLING
    )
    events = (
        ticket_opened(1, **BILLING),
        forwarding_event(1, None),
        taken,
        ticket_reclassified(2.5, service="portal"),
    )
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    theirs = await clocks_of(database, 1, 1)
    response, solved = theirs["first_response"], theirs["resolution"]
    assert (response.clock.opened_at, response.clock.stopped_at) == (NINE + HOUR, NINE + 2 * HOUR)
    assert {one.ticket.agreement_version for one in theirs.values()} == {portal.id}
    assert (solved.clock.state, solved.clock.deadline) == ("running", NINE + 3 * HOUR)
    await assert_consistent(database)


async def test_a_partner_who_promised_nothing_for_the_former_service_is_measured_now(
    database: Database,
) -> None:
    under = await promise(database, metrics=("resolution",))
    uc = await underpin(database, under, "hosthaven")
    async with database.transaction() as tx:
        other = {"id": uc.id}
        await tx.execute(
            text("UPDATE agreement_versions SET services = '{other}' WHERE id = :id"), other
        )
    await promise_for_the_portal(database, uc, "resolution")
    await freeze_time(database, NINE + 4 * HOUR)
    events = (
        ticket_opened(1, **BILLING),
        forwarding_event(1),
        ticket_reclassified(4, service="portal"),
    )
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    await fire_due(database, TIMERS)
    clock = (await clocks_of(database, 1, 1))["resolution"].clock
    assert (clock.opened_at, clock.deadline) == (NINE + HOUR, NINE + 3 * HOUR)
    assert (clock.breached_at, clock.breach_reason) == (NINE + 4 * HOUR, "reclassified")
    await assert_consistent(database)


async def test_what_they_did_not_promise_is_withdrawn_and_stays_so(database: Database) -> None:
    under = await promise(database, metrics=("resolution",))
    await underpin(database, under, "hosthaven")
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "UPDATE agreement_versions SET services = '{billing}' WHERE agreement_id IN (SELECT id FROM agreements WHERE contract = 'uc')"
            )
        )
    gone, raised = (
        ticket_reclassified(2, service="portal"),
        ticket_event(
            TicketPrioritised,
            1,
            NINE + 3 * HOUR,
            priority="blocker",
            previous="major",
            service="portal",
        ),
    )
    await deliver(
        database, HANDLERS, (ticket_opened(1, **BILLING), 1), (forwarding_event(1), 2), (gone, 3)
    )
    assert (await clocks_of(database, 1, 1))["resolution"].clock.state == "no_target"
    await deliver(database, HANDLERS, (raised, 4))
    assert (await clocks_of(database, 1, 1))["resolution"].clock.state == "no_target"
    assert (await clocks_of(database, 1))["resolution"].clock.state == "running"
    await assert_consistent(database)


async def test_what_was_handed_back_stays_as_it_was_judged(database: Database) -> None:
    """They worked on it under what we had told them."""
    under = await promise(database, metrics=("resolution",))
    uc = await underpin(database, under, "hosthaven")
    await promise_for_the_portal(database, uc, "first_response", "resolution")
    back = ticket_event(TicketHandedBack, 1, NINE + 2 * HOUR, handed_back_by="partner", **BILLING)
    await deliver(
        database, HANDLERS, (ticket_opened(1, **BILLING), 1), (forwarding_event(1), 2), (back, 3)
    )
    before = (await clocks_of(database, 1, 1))["resolution"].clock
    await deliver(database, HANDLERS, (ticket_reclassified(3, service="portal"), 4))
    theirs = await clocks_of(database, 1, 1)
    assert set(theirs) == {"resolution"}
    assert theirs["resolution"].clock == before
    await assert_consistent(database)
