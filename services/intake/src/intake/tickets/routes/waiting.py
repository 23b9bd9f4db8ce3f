"""What waits for the second pair of eyes, shown to those alone who may be it (R1)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Paging, Transaction, router
from intake.directory import names
from intake.tickets.domain.second_eyes import NEEDED, WaitingKind
from intake.tickets.schemas.waiting import WaitingItem, WaitingPage
from intake.tickets.store import waiting

routes = router("/v1/waiting-for-me", ["waiting"])


@routes.get("")
async def list_waiting(
    caller: Annotated[Caller, requires("queue:read")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    kind: Annotated[WaitingKind | None, Query(description="Only of this kind.")] = None,
) -> WaitingPage:
    """List what waits for the caller as the second person, the longest waiting first.

    Nobody is shown what they did themselves, by whatever account.
    """
    kinds = [one for one, permission in NEEDED.items() if caller.has_permission(permission)]
    shown = [one for one in kinds if kind in {None, one}]
    after = page.after_as(datetime, UUID, str)
    rows = await waiting.page(tx, caller.sub, shown, after, page.limit)
    known = await names.of_accounts(tx, {row.first for row in rows})
    found = page.page_of(
        rows,
        lambda row: WaitingItem(
            kind=row.kind,
            key=row.key,
            title=row.title,
            customer=row.customer,
            due_at=row.due_at,
            since=row.since,
            why=row.why(known),
            href=f"/v1/tickets/{row.key}",
        ),
        lambda row: (row.since, row.id, row.kind),
    )
    counts = await waiting.counts(tx, caller.sub, kinds)
    return WaitingPage(items=found.items, next=found.next, counts=counts)
