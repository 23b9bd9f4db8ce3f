"""An agreement as a contract to read and print, for staff and for the customer or partner who may see it (R4)."""

import asyncio
from dataclasses import replace
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query, Request, Response

from common.auth import Caller, requires
from common.http import Transaction, router
from common.http.state import runtime_of
from common.persistence.database import Connection, transaction_time
from common.persistence.keys import id_or_key
from common.runtime import Runtime
from sla.agreements.contract_names import load_names
from sla.agreements.dependencies import agreement_response, get_visible_version
from sla.agreements.documents.contract import ContractContent, build_contract
from sla.agreements.documents.contract_formats import Formats, country_of
from sla.agreements.documents.hours import Dates
from sla.agreements.domain.agreement import Agreement
from sla.agreements.schemas.responses import AnyAgreement, customer_of
from sla.agreements.store import coverage_extensions as extensions
from sla.calendars import store as calendars
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.holiday import translate_holidays
from sla.directory.store.customers import list_by_keys
from sla.path_parameters import AgreementRef
from sla.rendering import html
from sla.rendering.document import Document
from sla.rendering.words import Language
from sla.settings import SlaSettings

routes = router("/v1/agreements", tags=["agreements"])

PDF: Final = "application/pdf"
LanguageQuery = Annotated[
    Language | None, Query(description="By default that of the customer, else English.")
]


@routes.get(
    "/{agreement}/page",
    response_class=Response,
    responses={200: {"content": {html.MEDIA_TYPE: {}, PDF: {}}}},
)
async def get_agreement_page(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("promises:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
    language: LanguageQuery = None,
    format: Annotated[
        Literal["html", "pdf"] | None, Query(description="Goes before the header Accept.")
    ] = None,
) -> Response:
    """Render an agreement version as a contract to read and print, as HTML or PDF: the newest one, or
    that `version`.

    It is in the customer's language, with dates in the agreement's zone and the names of parties and
    people.
    """
    stored = await get_visible_version(tx, id_or_key(name), caller, version)
    agreement, response = stored.agreement, agreement_response(stored, caller)
    spoken = language or await _language_of(tx, response)
    at = await transaction_time(tx)
    formats = Formats.of(spoken, agreement.timezone)
    runtime: Runtime[SlaSettings] = runtime_of(request.app)
    content = ContractContent(
        agreement,
        response,
        stored.lifecycle,
        await _load_calendars(tx, agreement, Dates.of(agreement, formats, at), spoken),
        await extensions.list_upcoming(tx, stored.agreement_id, at),
        await load_names(tx, stored, response, runtime.settings.provider_name),
        at,
    )
    is_pdf = format == "pdf" or (format is None and _prefers_pdf(request))
    return await _render(build_contract(content, spoken), "pdf" if is_pdf else "html")


async def _language_of(tx: Connection, response: AnyAgreement) -> str:
    """The language of the customer with whom it is made; English where there is none."""
    customer = customer_of(response)
    found = await list_by_keys(tx, [customer] if customer else [])
    return found[0].language if found else "en"


async def _load_calendars(
    tx: Connection, version: Agreement, dates: Dates, language: str
) -> dict[UUID, Calendar]:
    """The calendars of a version, with their holidays in this language."""
    ids = {version.calendar, *version.calendars.values()}
    if version.maintenance.weekly is not None:
        ids.add(version.maintenance.weekly)
    tables = await calendars.load_timetables(tx, ids)
    years = range(dates.first.year, dates.last.year + 1)
    return {id: _named(table.calendar, language, years) for id, table in tables.items()}


def _named(calendar: Calendar, language: str, years: range) -> Calendar:
    country = country_of(calendar.zone.name)
    names = translate_holidays(calendar.holidays, country, language, years)
    return replace(calendar, holidays=names)


def _prefers_pdf(request: Request) -> bool:
    accepted = request.headers.get("accept", "").lower()
    return PDF in accepted and html.MEDIA_TYPE not in accepted


async def _render(document: Document, format: Literal["html", "pdf"]) -> Response:
    """The response. A document is rendered in a thread."""
    headers = {"Content-Disposition": f'inline; filename="{document.name}.{format}"'}
    if format == "html":
        headers["Content-Security-Policy"] = html.CSP
        return Response(html.render_html(document), media_type=html.MEDIA_TYPE, headers=headers)
    # Imported on the first request: the library takes a tenth of an idle service's memory.
    from sla.rendering.pdf import render_pdf

    body = await asyncio.to_thread(render_pdf, document)
    return Response(body, media_type=PDF, headers=headers)
