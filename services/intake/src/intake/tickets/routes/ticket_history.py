"""What happened to a ticket, in words (R16)."""

from typing import Annotated

from fastapi import Depends

from common.http import Page, Paging, Transaction, router
from intake.directory import names
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.schemas.ticket_history import HistoryRead
from intake.tickets.store import ticket_history, tickets

routes = router("/v1/tickets", ["tickets"])


@routes.get("/{ticket}/history")
async def list_history(
    ref: TicketReference,
    caller: TicketReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
) -> Page[HistoryRead]:
    """List who did what to a ticket, oldest first.

    Contacts see what changed for them: neither reasons, nor internal notes, nor what was refused.
    """
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    is_staff = caller.customer is None
    rows = await ticket_history.page(
        tx, ticket, is_staff=is_staff, after=page.after_as(int), limit=page.limit
    )
    known = await names.of_accounts(tx, {account for row in rows for account in row.accounts()})
    return page.page_of(
        rows,
        lambda row: HistoryRead(
            at=row.at,
            by=row.who,
            by_name=known.get(row.who),
            via=row.behind,
            act=row.action,
            refused=row.is_refused,
            words=row.words(known),
            parameters=row.facts(known),
        ),
        lambda row: (row.position,),
    )
