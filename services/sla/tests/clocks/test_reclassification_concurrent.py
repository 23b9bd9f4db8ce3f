"""A corrected ticket beside its clocks: waivers, outages, reports, status and forecasts."""

from collections import Counter
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from common.events.tickets import BlockerLifted, TicketOpened, TicketReclassified, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.forecasts.store import forecasts
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import count_all, wrong_figures
from sla.timers import TIMERS
from sla_support.alerts import all_outages, blocked
from sla_support.assertions import resolution, whole
from sla_support.company import ACME, HOUR, NINE, know, opened, promise, said
from sla_support.forecast_scenario import make_round
from sla_support.random_tickets import day_of, figures
from sla_support.reclassifications import BILLING, by_kind, corrected
from sla_support.waivers import of_period


async def test_a_period_waiver_excuses_what_the_ticket_is_about(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C11: approved before the breach for another service, it excuses nothing, and back again"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (opened(1, **BILLING), 1), (opened(2, service="portal"), 1))
    address = await of_period(theo, NINE, NINE + 24 * HOUR, service="billing")
    await gina.post(address + "/approve")
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    assert (await resolution(database, 1)).clock.outcome == "waived"
    assert (await resolution(database, 2)).clock.outcome == "breached"
    swapped = (
        (corrected(9, 1, service="portal"), 2),
        (corrected(9, 2, service="billing", previous_service="portal"), 2),
    )
    await deliver(database, HANDLERS, *swapped)
    assert (await resolution(database, 1)).clock.outcome == "breached"
    assert (await resolution(database, 2)).clock.outcome == "waived"
    await whole(database)
    await deliver(database, HANDLERS, (corrected(10, 1, previous_service="portal"), 3))
    assert (await resolution(database, 1)).clock.outcome == "waived"
    await whole(database)


def blocker(hours: float, **now: Any) -> TicketReclassified:
    was = {"previous_kind": "incident", "previous_service": "billing", "opened_at": NINE}
    people = {"requested_by": "anna", "confirmed_by": "omar"}
    return blocked(TicketReclassified, 1, NINE + hours * HOUR, **was | people | now)


async def test_a_blocker_that_is_no_incident_says_no_more_that_anything_is_down(
    database: Database,
) -> None:
    """What was down until then stays until two people correct it."""
    await know(database, (ACME, "acme"))
    await freeze_time(database, NINE + 12 * HOUR)
    down = blocked(TicketOpened, 1, opened_at=NINE, channel="phone")
    await deliver(database, HANDLERS, (down, 1), (blocker(1, kind="question"), 2))
    spans = [(one.started_at, one.ended_at) for one in await all_outages(database)]
    assert spans == [(NINE, NINE + HOUR)]
    again = blocker(2, kind="incident", previous_kind="question", service="portal")
    await deliver(database, HANDLERS, (again, 3))
    found = [
        (one.place.service, one.started_at, one.ended_at) for one in await all_outages(database)
    ]
    assert found == [("billing", NINE, NINE + HOUR), ("portal", NINE + 2 * HOUR, None)]


async def test_a_resolved_blocker_that_is_corrected_is_not_down_again(database: Database) -> None:
    await know(database, (ACME, "acme"))
    await freeze_time(database, NINE + 12 * HOUR)
    down = blocked(TicketOpened, 1, opened_at=NINE, channel="phone")
    lifted = blocked(BlockerLifted, 1, NINE + HOUR, reason="resolved", state="resolved")
    late = blocker(2, kind="incident", service="portal", state="resolved")
    await deliver(database, HANDLERS, (down, 1), (lifted, 2), (late, 3))
    assert [one.ended_at for one in await all_outages(database)] == [NINE + HOUR]


async def test_reports_count_it_as_what_it_is(database: Database) -> None:
    """On the days on which it happened, not on that of the correction"""
    await by_kind(database)
    solved = said(TicketResolved, 1, NINE + 3 * HOUR, **BILLING)
    await deliver(database, HANDLERS, (opened(1, **BILLING), 1), (solved, 2))
    await count_all(database)
    await freeze_time(database, NINE + 48 * HOUR)
    late = corrected(48, kind="problem", service="portal", state="resolved")
    await deliver(database, HANDLERS, (late, 3))
    await count_all(database)
    cell = (ACME, "portal", "problem")
    tickets = await figures(database, "ticket_figures", "opened, resolved")
    assert Counter(
        {(key[0], key[1], key[3], *key[4:]): n for key, n in tickets.items()}
    ) == Counter({(*cell, day_of(NINE), name): 1 for name in ("opened", "resolved")})
    clocks = await figures(database, "clock_figures", "met, breached")
    assert [(*key[:2], key[3], *key[4:]) for key in clocks] == [(*cell, day_of(NINE), "met")]
    assert [found async for found in _wrong(database)] == []


async def _wrong(database: Database) -> Any:
    async for one in wrong_figures(database):
        yield one


async def test_status_and_forecasts_take_the_new_facts(
    database: Database, theo: AsyncClient
) -> None:
    """R3, R4"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (opened(1, **BILLING), 1))
    await deliver(database, HANDLERS, (corrected(1, kind="problem", service="portal"), 2))
    shown = (await theo.get("/v1/status")).json()
    assert [(one["service"], one["open"]) for one in shown["lines"]] == [("portal", 1)]
    clock = (await theo.get(f"/v1/clocks/{(await resolution(database)).id}")).json()
    assert clock["kind"] == "problem"
    await make_round(database)
    async with database.transaction() as tx:
        (forecast,) = (await forecasts.of_clocks(tx, [UUID(clock["id"])])).values()
    assert forecast.standing.group == ("resolution", "major", "problem")
