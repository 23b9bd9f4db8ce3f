"""The page of an agreement: for staff, and for the customers to whom it was published (R4)."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.auth import Caller, requires
from common.http import router
from common.persistence.database import Transaction, transaction_time
from sla.agreements.dependencies import seen, shown
from sla.agreements.page_html import Paper, written
from sla.agreements.store import coverage_extensions as extensions
from sla.calendars import store as calendars
from sla.calendars.schemas import Name, id_or_key

routes = router("/v1/agreements", tags=["agreements"])


@routes.get("/{name}/page", response_class=HTMLResponse)
async def show_page(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
) -> HTMLResponse:
    """To be read and printed: the newest version, or that `version`."""
    found = await seen(tx, id_or_key(name), caller, version)
    said = found.agreement
    used = {said.calendar, *said.calendars.values()}
    if said.maintenance.weekly is not None:
        used.add(said.maintenance.weekly)
    known = {id: calendar for id in used if (calendar := await calendars.find(tx, id))}
    ahead = await extensions.to_come(tx, found.agreement_id, await transaction_time(tx))
    return HTMLResponse(written(Paper(said, shown(found, caller), known, ahead)))
