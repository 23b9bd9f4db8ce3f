"""What waits for people: each noun's own queries, gathered in one table and served as one list."""

from typing import Annotated, Final, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import LinkedPages, Paging, Transaction, router
from common.waiting import WaitingItem, WaitingPage, WaitingSource, read_waiting
from delivery_gate.deliveries import waiting as deliveries
from delivery_gate.emergencies import waiting as emergencies
from delivery_gate.follow_ups import waiting as follow_ups

WaitingKind = Literal[
    "apply_emergency_change",
    "approve_delivery",
    "authorize_emergency_change",
    "close_follow_up",
    "confirm_follow_up",
    "settle_debt",
]

SOURCES: Final[tuple[WaitingSource, ...]] = (
    *deliveries.SOURCES,
    *emergencies.SOURCES,
    *follow_ups.SOURCES,
)

routes = router("/v1/waiting-for-me", ["waiting"])


class WaitingForMe(WaitingItem):
    """Something that waits for the caller: a decision, a second look, or work of theirs."""

    kind: WaitingKind


class WaitingForMePage(WaitingPage):
    """A page of what waits for the caller, with the number of all items by kind."""

    items: list[WaitingForMe]
    counts: dict[WaitingKind, int]


@routes.get("")
async def list_waiting(
    caller: Annotated[Caller, requires("waiting:read")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    linked: LinkedPages,
    kind: Annotated[WaitingKind | None, Query(description="Only of this kind.")] = None,
) -> WaitingForMePage:
    """List what waits for the caller, the most urgent first.

    Only what the caller may act on: nobody is shown what they did themselves where it takes another
    person, by whatever account.
    """
    return await read_waiting(tx, caller, page, SOURCES, kind, WaitingForMePage, linked)
