"""Gaps in what was promised: what is missing, what to do about it, and who does it."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, Refers, ResponseModel, encode_cursor, router
from common.persistence.database import Connection, Transaction, transaction_time
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
    """`owner`: a role, or the owner of the service. `underpinning`: the `ola` or `uc` beneath `agreement`."""

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


@routes.get("")
async def list_gaps(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:assess")],
    days: Annotated[int, Query(ge=0, le=3660, description="Agreements that end within.")] = 60,
    code: Annotated[GapCode | None, Query()] = None,
    customer: Annotated[Name | None, Query(), Refers("customer")] = None,
) -> Page[GapRead]:
    """List the gaps in what was promised. What nobody promised, what soon ends, and what is
    promised faster than what it depends on."""
    after = page.after_as(str)
    context = await load_gap_context(tx, await transaction_time(tx))
    tables = await _load_timetables(tx, context)
    # Some milliseconds per pair of calendars: not on the loop that everybody waits for.
    all_gaps = await asyncio.to_thread(find_gaps, context, tables, timedelta(days=days))
    matching = [
        gap
        for gap in all_gaps
        if (after is None or gap.sort_key > after[0])
        and code in (None, gap.code)
        and customer in (None, gap.customer)
    ]
    page_gaps = matching[: page.limit]
    more = len(matching) > page.limit
    items = [GapRead.model_validate(gap) for gap in page_gaps]
    return Page[GapRead](items=items, next=encode_cursor(page_gaps[-1].sort_key) if more else None)


def find_gaps(context: GapContext, tables: Timetables, expiry_horizon: timedelta) -> list[Gap]:
    """All of them, in the order of their places."""
    by_sort_key = {gap.sort_key: gap for gap in missing_promises(context, expiry_horizon)}
    by_sort_key |= {gap.sort_key: gap for gap in slower_contracts(context, tables)}
    by_sort_key |= {gap.sort_key: gap for gap in cost_gaps(context)}
    return [by_sort_key[key] for key in sorted(by_sort_key)]


async def _load_timetables(tx: Connection, context: GapContext) -> Timetables:
    """Timetables of our own: those of the process grow as they are asked, and by one thread only."""
    calendar_ids = {
        id for one in context.contracts for id in (one.calendar, *one.calendars.values())
    }
    shared = await calendars.load_timetables(tx, calendar_ids)
    return {id: Timetable(table.calendar) for id, table in shared.items()}
