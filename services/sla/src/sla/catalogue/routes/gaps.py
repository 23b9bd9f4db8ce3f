"""HTTP in: gaps in what is promised, what to do about them, and who does it."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, Refers, ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import Timetable
from sla.calendars.schemas import Name
from sla.catalogue.domain.gap import Gap, GapCode, GapContext
from sla.catalogue.domain.missing_promises import missing_promises
from sla.catalogue.domain.service_costs import cost_gaps
from sla.catalogue.domain.underpinning_contracts import Timetables, slower_contracts
from sla.catalogue.store.gap_context import load_gap_context

routes = router("/v1/gaps", tags=["catalogue"])


class GapRead(ResponseModel):
    """`owner`: a role, or the owner of the service. `underpinning`: the `ola` or `uc` below the
    `agreement`. `concerned`: the customers to whom it matters, where `customer` names nobody alone."""

    code: GapCode
    detail: str
    recommendation: str
    owner: str
    customer: str | None
    service: str | None
    environment: str | None
    partner: str | None
    agreement: str | None
    underpinning: str | None
    metric: str | None
    priority: str | None
    kind: str | None
    concerned: tuple[str, ...]


@routes.get("")
async def list_gaps(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:assess")],
    days: Annotated[
        int, Query(ge=0, le=3660, description="Agreements that end within so many days.")
    ] = 60,
    code: Annotated[GapCode | None, Query()] = None,
    customer: Annotated[Name | None, Query(), Refers("customer")] = None,
) -> Page[GapRead]:
    """List the gaps in what is promised.

    Nothing is promised, a promise ends soon, two agreements match equally, or something is promised
    faster than what it depends on. With `customer`: all that matters to them, chains and costs, too.
    """
    context = await load_gap_context(tx, await transaction_time(tx))
    tables = await _load_timetables(tx, context)
    # In a thread: milliseconds per pair of calendars would block the event loop.
    all_gaps = await asyncio.to_thread(find_gaps, context, tables, timedelta(days=days))
    matching = (
        gap
        for gap in all_gaps
        if code in (None, gap.code) and (customer is None or gap.concerns(customer))
    )
    return page.slice(matching, GapRead.model_validate, lambda gap: (gap.sort_key,), (str,))


def find_gaps(context: GapContext, tables: Timetables, expiry_horizon: timedelta) -> list[Gap]:
    """Return all gaps, ordered by their `sort_key`."""
    by_sort_key = {gap.sort_key: gap for gap in missing_promises(context, expiry_horizon)}
    by_sort_key |= {gap.sort_key: gap for gap in slower_contracts(context, tables)}
    by_sort_key |= {gap.sort_key: gap for gap in cost_gaps(context)}
    return [by_sort_key[key] for key in sorted(by_sort_key)]


async def _load_timetables(tx: Connection, context: GapContext) -> Timetables:
    """Create timetables for the other thread: the shared ones may only be used by one thread."""
    calendar_ids = {
        id for one in context.contracts for id in (one.calendar, *one.calendars.values())
    }
    shared = await calendars.load_timetables(tx, calendar_ids)
    return {id: Timetable(table.calendar) for id, table in shared.items()}
