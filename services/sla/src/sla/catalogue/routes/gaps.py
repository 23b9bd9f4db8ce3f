"""Gaps in what was promised: what is missing, what to do about it, and who does it."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import Timetable
from sla.calendars.schemas import Name
from sla.catalogue.domain.costs import unpaid
from sla.catalogue.domain.gap import Code, Gap, Standing
from sla.catalogue.domain.missing_promises import missing
from sla.catalogue.domain.underpinning_contracts import Timetables, slower
from sla.catalogue.store.gap_context import standing

routes = router("/v1/gaps", tags=["catalogue"])


class GapTold(ResponseModel):
    """`owner`: a role, or the owner of the service. `underpinning`: the `ola` or `uc` beneath `agreement`."""

    code: Code
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
    code: Annotated[Code | None, Query()] = None,
    customer: Annotated[Name | None, Query()] = None,
) -> Page[GapTold]:
    """What nobody promised, what soon ends, and what is promised faster than what it rests upon."""
    after = page.after_as(str)
    stands = await standing(tx, await transaction_time(tx))
    tables = await _timetables(tx, stands)
    # Some milliseconds per pair of calendars: not on the loop that everybody waits for.
    found = await asyncio.to_thread(gaps, stands, tables, timedelta(days=days))
    wanted = [
        gap
        for gap in found
        if (after is None or gap.place > after[0])
        and code in (None, gap.code)
        and customer in (None, gap.customer)
    ]
    shown = wanted[: page.limit]
    more = len(wanted) > page.limit
    items = [GapTold.model_validate(gap) for gap in shown]
    return Page[GapTold](items=items, next=encode_cursor(shown[-1].place) if more else None)


def gaps(stands: Standing, tables: Timetables, soon: timedelta) -> list[Gap]:
    """All of them, in the order of their places."""
    found = {gap.place: gap for gap in missing(stands, soon)}
    found |= {gap.place: gap for gap in slower(stands, tables)}
    found |= {gap.place: gap for gap in unpaid(stands)}
    return [found[place] for place in sorted(found)]


async def _timetables(tx: Connection, stands: Standing) -> Timetables:
    """Timetables of our own: those of the process grow as they are asked, and by one thread only."""
    used = {id for one in stands.contracts for id in (one.calendar, *one.calendars.values())}
    known = await calendars.timetables(tx, used)
    return {id: Timetable(table.calendar) for id, table in known.items()}
