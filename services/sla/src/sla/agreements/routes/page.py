"""The HTML page of an agreement, for staff and for the customers who may see it (R4)."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.auth import Caller, requires
from common.http import Transaction, router
from common.persistence.database import transaction_time
from sla.agreements.dependencies import agreement_response, get_visible_version
from sla.agreements.page_html import PageContent, render_page
from sla.agreements.store import coverage_extensions as extensions
from sla.calendars import store as calendars
from sla.calendars.schemas import id_or_key
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


@routes.get("/{agreement}/page", response_class=HTMLResponse)
async def get_agreement_page(
    name: AgreementRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
) -> HTMLResponse:
    """Render an agreement version as an HTML page to read and print: the newest one, or that
    `version`."""
    stored = await get_visible_version(tx, id_or_key(name), caller, version)
    agreement = stored.agreement
    calendar_ids = {agreement.calendar, *agreement.calendars.values()}
    if agreement.maintenance.weekly is not None:
        calendar_ids.add(agreement.maintenance.weekly)
    calendars_by_id = {
        id: calendar for id in calendar_ids if (calendar := await calendars.find(tx, id))
    }
    upcoming = await extensions.list_upcoming(tx, stored.agreement_id, await transaction_time(tx))
    return HTMLResponse(
        render_page(
            PageContent(agreement, agreement_response(stored, caller), calendars_by_id, upcoming)
        )
    )
