"""What waits for people: each noun's own queries, gathered in one table and served as one list."""

from typing import Annotated, Final, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import LinkedPages, Paging, Transaction, router
from common.waiting import WaitingItem, WaitingPage, WaitingSource, read_waiting
from escalation.cases import waiting as cases
from escalation.directory import store as people
from escalation.directory import waiting as directory

WaitingKind = Literal[
    "acknowledge_escalation", "confirm_resolution", "confirm_settings", "confirm_snooze"
]

SOURCES: Final[tuple[WaitingSource, ...]] = (*cases.SOURCES, *directory.SOURCES)

routes = router("/v1/waiting-for-me", ["waiting"])


class WaitingForMe(WaitingItem):
    """Something that waits for the caller: to be acknowledged, or a second look."""

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

    Only what the caller may act on: nobody is shown what they asked for themselves where it takes another
    person, by whatever account.
    """
    return await read_waiting(
        tx, caller, page, SOURCES, kind, WaitingForMePage, linked, people.names_of_accounts
    )
