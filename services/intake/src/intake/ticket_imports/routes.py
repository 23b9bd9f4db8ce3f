"""`POST /v1/imports/tickets`: tickets from exports of ServiceNow, Jira Service Management and Zendesk."""

from typing import Annotated, Final

from fastapi import Query, Request

from common.auth import Caller, requires
from common.confinement import ConfinementUnavailable
from common.errors import ServiceUnavailable, UnsupportedMediaType, ValidationFailed, Violation
from common.http import Refers, authorized_router, charge, runtime_of
from common.http.fields import Timezone
from common.persistence.database import Database
from intake.directory.domain.parties import Customer
from intake.directory.store import CUSTOMERS
from intake.ticket_imports.commands import TicketImport
from intake.ticket_imports.domain.imported import Source
from intake.ticket_imports.export_parsing import NotReadable
from intake.ticket_imports.export_reader import read_export
from intake.ticket_imports.schemas import TicketImportRead, to_response

MEDIA_TYPES: Final = ("text/csv", "application/json", "application/x-ndjson")
IMPORT_COST_MS: Final = 5_000
"""What an import counts against its caller's limit."""
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}

# Not transactional: it commits batch by batch, and reading a file must not hold a connection.
routes = authorized_router("/v1/imports", ["imports"])


@routes.post(
    "/tickets",
    openapi_extra={
        "requestBody": {"required": True, "content": {one: _BINARY for one in MEDIA_TYPES}}
    },
)
async def import_tickets(
    request: Request,
    caller: Annotated[Caller, requires("tickets:import")],
    source: Source,
    customer: Annotated[
        str | None,
        Refers("customer", by_route=True),
        Query(max_length=63, description="Whose tickets they are, unless a record says."),
    ] = None,
    timezone: Annotated[
        Timezone, Query(description="The zone of moments that have no offset in the file.")
    ] = "UTC",
    dry_run: Annotated[
        bool, Query(description="Report what would be stored; store nothing.")
    ] = False,
) -> TicketImportRead:
    """Import tickets from an export of at most 16 MiB and 5,000 tickets, CSV or JSON.

    Each ticket is imported once, however often it is sent. What is over there is closed history here, without
    clocks, mails or pages. What is open there is opened here now: its clocks count from the import, a blocker
    comes in as critical, and a wait does not come along. Of a customer who was ended only what is over is taken.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in MEDIA_TYPES:
        raise UnsupportedMediaType(" or ".join(MEDIA_TYPES))
    await charge(request, caller, IMPORT_COST_MS)
    database = runtime_of(request.app).database
    default = await _find_customer(database, customer)
    try:
        records = await read_export(await request.body(), source, timezone)
    except NotReadable as error:
        raise ValidationFailed([Violation("", "not_readable", f"the file: {error}")]) from None
    except ConfinementUnavailable:
        raise ServiceUnavailable(5) from None
    run = TicketImport(source, caller.actor, default, dry_run)
    return to_response(await run.run(database, records))


async def _find_customer(database: Database, key: str | None) -> Customer | None:
    if key is None:
        return None
    async with database.transaction() as tx:
        customer = await CUSTOMERS.find(tx, key)
    if customer is None:
        detail = f"there is no customer {key}; see /v1/customers"
        raise ValidationFailed([Violation("/query/customer", "unknown_reference", detail)])
    return customer
