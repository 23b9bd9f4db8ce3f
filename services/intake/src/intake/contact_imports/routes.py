"""`POST /v1/imports/contacts`: contacts from CSV files of our own form, of Salesforce or NetSuite."""

from typing import Annotated

from fastapi import Query, Request

from common.auth import Caller, requires
from common.confinement import ConfinementUnavailable
from common.errors import (
    Conflict,
    ServiceUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
    Violation,
)
from common.http import Refers, authorized_router, charge, runtime_of
from common.persistence.database import Database
from intake.contact_imports.commands import ContactImport
from intake.contact_imports.csv_contacts import NotReadable
from intake.contact_imports.csv_reader import read_contacts
from intake.contact_imports.domain.contact_formats import FormatName
from intake.contact_imports.schemas import ContactImportRead, to_response
from intake.directory.domain.parties import Customer
from intake.directory.store import CUSTOMERS

MEDIA_TYPE = "text/csv"
IMPORT_COST_MS = 2_000
"""What an import counts against its caller's limit."""

# Not transactional: it commits batch by batch, and reading a file must not hold a connection.
routes = authorized_router("/v1/imports", ["imports"])


@routes.post(
    "/contacts",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_contacts(
    request: Request,
    caller: Annotated[Caller, requires("directory:write")],
    format: FormatName = "opsdesk",
    customer: Annotated[
        str | None,
        Refers("customer", by_route=True),
        Query(max_length=63, description="Whose contacts they are, unless a line says."),
    ] = None,
    dry_run: Annotated[
        bool, Query(description="Report what would be stored; store nothing.")
    ] = False,
) -> ContactImportRead:
    """Import contacts from a CSV file of at most 5 MiB and 5,000 lines. A file that is sent again changes nothing.

    Contacts are recognised by their addresses; addresses and numbers are added, none is taken away. New
    contacts count for the caller where two people are needed, until another person confirms them.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaType(MEDIA_TYPE)
    await charge(request, caller, IMPORT_COST_MS)
    runtime = runtime_of(request.app)
    default = await _find_customer(runtime.database, customer)
    try:
        file = await read_contacts(await request.body(), format)
    except NotReadable as error:
        raise ValidationFailed([Violation("", "not_readable", f"the file: {error}")]) from None
    except ConfinementUnavailable:
        raise ServiceUnavailable(5) from None
    run = ContactImport(caller.actor, runtime.settings.phone_region, default, dry_run)
    return to_response(await run.run(runtime.database, file, format))


async def _find_customer(database: Database, key: str | None) -> Customer | None:
    if key is None:
        return None
    async with database.transaction() as tx:
        customer = await CUSTOMERS.find(tx, key)
    if customer is None:
        detail = f"there is no customer {key}; see /v1/customers"
        raise ValidationFailed([Violation("/query/customer", "unknown_reference", detail)])
    if customer.retired:
        raise Conflict(f"{key} was ended; nothing is added to them.", code="ALREADY_ENDED")
    return customer
