"""The page of an agreement: for staff, and for the customers to whom it was published (R4)."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.database import Transaction, moment
from common.http import router
from common.people import Caller, needs
from sla.routes.agreements.paper import Paper, written
from sla.routes.agreements.seeing import seen, shown
from sla.routes.wish import Name, id_or_key
from sla.store import calendars, extensions

routes = router("/v1/agreements", tags=["agreements"])


@routes.get("/{name}/page", response_class=HTMLResponse)
async def show_page(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, needs("agreements:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
) -> HTMLResponse:
    """To be read and printed: the newest version, or that `version`."""
    found = await seen(tx, id_or_key(name), caller, version)
    said = found.agreement
    used = {said.calendar, *said.calendars.values()}
    if said.maintenance.weekly is not None:
        used.add(said.maintenance.weekly)
    known = {id: calendar for id in used if (calendar := await calendars.find(tx, id))}
    ahead = await extensions.to_come(tx, found.agreement_id, await moment(tx))
    return HTMLResponse(written(Paper(said, shown(found, caller), known, ahead)))
