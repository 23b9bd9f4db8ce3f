"""What waits for people: each noun's own queries, gathered in one table and served as one list."""

from typing import Annotated, Final, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import LinkedPages, Paging, Transaction, router
from common.waiting import WaitingItem, WaitingPage, WaitingSource, read_waiting
from sla.agreements import waiting as agreements
from sla.calendars import waiting as calendars
from sla.directory.store import people
from sla.outages import waiting as outages
from sla.reviews import waiting as reviews
from sla.waivers import waiting as waivers

WaitingKind = Literal[
    "agree_to_maintenance",
    "approve_agreement",
    "change_declined_agreement",
    "confirm_outage_rules",
    "confirm_termination",
    "decide_correction",
    "decide_waiver",
    "finish_action",
    "publish_agreement",
    "publish_calendar",
    "publish_review",
    "verify_action",
]

SOURCES: Final[tuple[WaitingSource, ...]] = (
    *waivers.SOURCES,
    *agreements.SOURCES,
    *outages.SOURCES,
    *calendars.SOURCES,
    *reviews.SOURCES,
)

routes = router("/v1/waiting-for-me", ["waiting"])


class WaitingForMe(WaitingItem):
    """Something that waits for the caller: a signature, a decision, a second look, or work of theirs."""

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
    person, by whatever account. A contact is shown what waits for their customer.
    """
    return await read_waiting(
        tx, caller, page, SOURCES, kind, WaitingForMePage, linked, people.names_of_accounts
    )
