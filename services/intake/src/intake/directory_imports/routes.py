"""`POST /v1/imports/directory`: customers, environments, partners and staff from CSV files."""

from typing import Annotated

from fastapi import Query, Request

from common.auth import Caller, requires
from common.confinement import ConfinementUnavailable
from common.errors import ServiceUnavailable, UnsupportedMediaType, ValidationFailed, Violation
from common.http import authorized_router, charge, runtime_of
from intake.contact_imports.csv_contacts import NotReadable
from intake.directory_imports.commands import DirectoryImport
from intake.directory_imports.directory_reader import read_directory
from intake.directory_imports.domain import DirectoryKind
from intake.directory_imports.schemas import DirectoryImportRead, to_response

MEDIA_TYPE = "text/csv"
IMPORT_COST_MS = 2_000
"""What an import counts against its caller's limit."""

# Not transactional: it commits batch by batch, and reading a file must not hold a connection.
routes = authorized_router("/v1/imports", ["imports"])


@routes.post(
    "/directory",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_directory(
    request: Request,
    caller: Annotated[Caller, requires("directory:write")],
    kind: Annotated[DirectoryKind, Query(description="What the file holds.")],
    dry_run: Annotated[
        bool, Query(description="Report what would be stored; store nothing.")
    ] = False,
) -> DirectoryImportRead:
    """Import customers, environments, partners or staff from a CSV file of at most 5 MiB and 5,000 lines.

    A line is recognised by its first column, `key` (of staff `sub`). A file that is sent again changes nothing;
    what it leaves out stays, and it changes only what one person may change. The roles `gm` and `tom` hold once
    another person has confirmed them.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaType(MEDIA_TYPE)
    await charge(request, caller, IMPORT_COST_MS)
    try:
        file = await read_directory(await request.body(), kind)
    except NotReadable as error:
        raise ValidationFailed([Violation("", "not_readable", f"the file: {error}")]) from None
    except ConfinementUnavailable:
        raise ServiceUnavailable(5) from None
    run = DirectoryImport(caller, kind, dry_run)
    return to_response(await run.run(runtime_of(request.app).database, file))
