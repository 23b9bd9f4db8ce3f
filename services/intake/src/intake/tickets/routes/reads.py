"""`GET /v1/reads`: who has read the personal data of a ticket, a contact or a mail (R16)."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection
from intake.directory import names
from intake.reads import store
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TICKET_REF
from intake.tickets.schemas.reads import ReadRead
from intake.tickets.store import tickets

routes = router("/v1/reads", ["audit"])

TICKET: Final = "ticket/"


@routes.get("")
async def list_reads(
    caller: Annotated[Caller, requires("audit:read")],
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    ticket: Annotated[str | None, Query(max_length=40, description=TICKET_REF)] = None,
    contact: UUID | None = None,
    email: UUID | None = None,
    who: Annotated[str | None, Query(max_length=200, description="A person's `sub`.")] = None,
) -> Page[ReadRead]:
    """List who of us has read personal data, the newest hour first: once an hour for each person and subject.

    Give at most one of `ticket`, `contact` and `email`. Downloads are acts in the ticket's history.
    """
    subject = await _subject(tx, ticket, contact, email)
    await reads.flush()  # what was read here a moment ago
    after = page.after_as(datetime, str, str)
    rows = await store.page(tx, subject=subject, who=who, after=after, limit=page.limit)
    known = await names.of_accounts(tx, {row.who for row in rows})
    found = [UUID(row.subject.removeprefix(TICKET)) for row in rows if _is_ticket(row.subject)]
    keys = {f"{TICKET}{id}": one.key for id, one in (await tickets.by_ids(tx, found)).items()}
    return page.page_of(
        rows,
        lambda row: ReadRead(
            subject=row.subject,
            key=keys.get(row.subject),
            who=row.who,
            name=known.get(row.who),
            hour=row.hour,
        ),
        lambda row: (row.hour, row.subject, row.who),
    )


def _is_ticket(subject: str) -> bool:
    return subject.startswith(TICKET)


async def _subject(
    tx: Connection, ticket: str | None, contact: UUID | None, email: UUID | None
) -> str | None:
    """The subject that is asked for; None for all. Raises ValidationFailed."""
    if (ticket, contact, email).count(None) < 2:
        detail = "give one of `ticket`, `contact` and `email`"
        raise ValidationFailed([Violation("/query/ticket", "one_of", detail)])
    if ticket is not None:
        found = await tickets.find(tx, ticket)
        if found is None:
            detail = f"there is no ticket {ticket!r}"
            raise ValidationFailed([Violation("/query/ticket", "unknown_reference", detail)])
        return f"{TICKET}{found.id}"
    if contact is not None:
        return f"contact/{contact}"
    return None if email is None else f"mail/{email}"
