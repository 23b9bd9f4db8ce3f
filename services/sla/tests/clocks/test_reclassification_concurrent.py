"""A reclassified ticket beside its clocks: waivers, outages, reports, status and forecasts."""

from collections import Counter
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from common.events.tickets import BlockerLifted, TicketOpened, TicketReclassified, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.forecasts.store import forecasts
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import find_wrong_figures, recount_all
from sla.timers import TIMERS
from sla_support.alerts import all_outages, blocker_event
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import (
    ACME,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)
from sla_support.forecast_scenario import run_forecast_round
from sla_support.random_tickets import day_of, load_figures
from sla_support.reclassifications import BILLING, agreement_by_kind, ticket_reclassified
from sla_support.waivers import request_for_period


async def test_a_period_waiver_excuses_what_the_ticket_is_about(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C11: approved before the breach for another service, it excuses nothing, and back again"""
    await promise(database, metrics=("resolution",))
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_opened(2, service="portal"), 1),
    )
    address = await request_for_period(theo, NINE, NINE + 24 * HOUR, service="billing")
    await gina.post(address + "/approve")
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database, 1)).clock.outcome == "waived"
    assert (await resolution_clock(database, 2)).clock.outcome == "breached"
    swapped = (
        (ticket_reclassified(9, 1, service="portal"), 2),
        (ticket_reclassified(9, 2, service="billing", previous_service="portal"), 2),
    )
    await deliver(database, HANDLERS, *swapped)
    assert (await resolution_clock(database, 1)).clock.outcome == "breached"
    assert (await resolution_clock(database, 2)).clock.outcome == "waived"
    await assert_consistent(database)
    await deliver(database, HANDLERS, (ticket_reclassified(10, 1, previous_service="portal"), 3))
    assert (await resolution_clock(database, 1)).clock.outcome == "waived"
    await assert_consistent(database)


def blocker_reclassified(hours: float, **now: Any) -> TicketReclassified:
    was = {"previous_kind": "incident", "previous_service": "billing", "opened_at": NINE}
    people = {"requested_by": "anna", "confirmed_by": "omar"}
    return blocker_event(TicketReclassified, 1, NINE + hours * HOUR, **was | people | now)


async def test_a_blocker_that_is_no_incident_says_no_more_that_anything_is_down(
    database: Database,
) -> None:
    """What was down until then stays until two people correct it."""
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, NINE + 12 * HOUR)
    down = blocker_event(TicketOpened, 1, opened_at=NINE, channel="phone")
    await deliver(database, HANDLERS, (down, 1), (blocker_reclassified(1, kind="question"), 2))
    spans = [(one.started_at, one.ended_at) for one in await all_outages(database)]
    assert spans == [(NINE, NINE + HOUR)]
    again = blocker_reclassified(2, kind="incident", previous_kind="question", service="portal")
    await deliver(database, HANDLERS, (again, 3))
    found = [
        (one.scope.service, one.started_at, one.ended_at) for one in await all_outages(database)
    ]
    assert found == [("billing", NINE, NINE + HOUR), ("portal", NINE + 2 * HOUR, None)]


async def test_a_resolved_blocker_that_is_corrected_is_not_down_again(database: Database) -> None:
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, NINE + 12 * HOUR)
    down = blocker_event(TicketOpened, 1, opened_at=NINE, channel="phone")
    lifted = blocker_event(BlockerLifted, 1, NINE + HOUR, reason="resolved", state="resolved")
    late = blocker_reclassified(2, kind="incident", service="portal", state="resolved")
    await deliver(database, HANDLERS, (down, 1), (lifted, 2), (late, 3))
    assert [one.ended_at for one in await all_outages(database)] == [NINE + HOUR]


async def test_reports_count_it_as_what_it_is(database: Database) -> None:
    """On the days on which it happened, not on that of the correction"""
    await agreement_by_kind(database)
    solved = ticket_event(TicketResolved, 1, NINE + 3 * HOUR, **BILLING)
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1), (solved, 2))
    await recount_all(database)
    await freeze_time(database, NINE + 48 * HOUR)
    late = ticket_reclassified(48, kind="problem", service="portal", state="resolved")
    await deliver(database, HANDLERS, (late, 3))
    await recount_all(database)
    cell = (ACME, "portal", "problem")
    tickets = await load_figures(database, "ticket_figures", "opened, resolved")
    assert Counter(
        {(key[0], key[1], key[3], *key[4:]): n for key, n in tickets.items()}
    ) == Counter({(*cell, day_of(NINE), name): 1 for name in ("opened", "resolved")})
    clocks = await load_figures(database, "clock_figures", "met, breached")
    assert [(*key[:2], key[3], *key[4:]) for key in clocks] == [(*cell, day_of(NINE), "met")]
    assert [found async for found in _find_wrong_figures(database)] == []


async def _find_wrong_figures(database: Database) -> Any:
    async for one in find_wrong_figures(database):
        yield one


async def test_status_and_forecasts_take_the_new_facts(
    database: Database, theo: AsyncClient
) -> None:
    """R3, R4"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1))
    await deliver(database, HANDLERS, (ticket_reclassified(1, kind="problem", service="portal"), 2))
    status = (await theo.get("/v1/status")).json()
    assert [(one["service"], one["open"]) for one in status["lines"]] == [("portal", 1)]
    clock = (await theo.get(f"/v1/clocks/{(await resolution_clock(database)).id}")).json()
    assert clock["kind"] == "problem"
    await run_forecast_round(database)
    async with database.transaction() as tx:
        (forecast,) = (await forecasts.find_by_clocks(tx, [UUID(clock["id"])])).values()
    assert forecast.progress.group == ("resolution", "major", "problem")
