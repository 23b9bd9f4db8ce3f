"""What waits for people: each noun's own queries, gathered in one table and served as one list."""

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import LinkedPages, Paging, Transaction, router
from common.persistence.errors import is_transient
from common.runtime import Runtime
from common.telemetry import logger
from common.waiting import WaitingItem, WaitingPage, WaitingSource, read_waiting
from intake.access_requests import waiting as access_requests
from intake.articles import waiting as articles
from intake.change_requests import waiting as change_requests
from intake.customer_escalations import waiting as customer_escalations
from intake.directory import names
from intake.directory import waiting as directory
from intake.erasures import waiting as erasures
from intake.improvements import waiting as improvements
from intake.linked_tickets import waiting as linked_tickets
from intake.mail import waiting as mail
from intake.notices import waiting as notices
from intake.problems import waiting as problems
from intake.second_eyes.commands import escalated_here, look, with_patience
from intake.tickets import waiting as tickets

WaitingKind = Literal[
    "acknowledge_hand_over",
    "answer_escalation",
    "book_change",
    "check_fix",
    "close_change",
    "confirm_blocker",
    "confirm_classification",
    "confirm_contact",
    "confirm_customer_end",
    "confirm_detection",
    "confirm_dismissal",
    "confirm_environment_end",
    "confirm_erasure",
    "confirm_giving_up",
    "confirm_no_environment",
    "confirm_person",
    "confirm_priority",
    "confirm_priority_matrix",
    "confirm_unmerge",
    "decide_access",
    "decide_change",
    "decide_conflict",
    "estimate_change",
    "finish_improvement",
    "grant_access",
    "handle_mail",
    "plan_improvement",
    "publish_article",
    "recertify_access",
    "record_backlog_item",
    "remove_access",
    "review_article",
    "send_notice",
    "verify",
    "verify_access_grant",
    "verify_access_removal",
    "verify_fix",
    "verify_improvement",
]

_ALL: Final[tuple[WaitingSource, ...]] = (
    *tickets.SOURCES,
    *problems.SOURCES,
    *change_requests.SOURCES,
    *access_requests.SOURCES,
    *customer_escalations.SOURCES,
    *improvements.SOURCES,
    *articles.SOURCES,
    *notices.SOURCES,
    *mail.SOURCES,
    *linked_tickets.SOURCES,
    *directory.SOURCES,
    *erasures.SOURCES,
)
_ESCALATED: Final = escalated_here(_ALL)
"""Of these our own people are told where nobody comes for long (R1)."""
SOURCES: Final = tuple(with_patience(one) if one in _ESCALATED else one for one in _ALL)
INTERVAL_S: Final = 60.0
"""Seconds between two looks for what has waited too long, once there was nothing more."""
log = logger(__name__)

routes = router("/v1/waiting-for-me", ["waiting"])


class WaitingForMe(WaitingItem):
    """Something that waits for the caller: a second look, a decision, an answer, or work of theirs."""

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
    return await read_waiting(
        tx, caller, page, SOURCES, kind, WaitingForMePage, linked, names.of_accounts
    )


async def run_second_eyes(runtime: Runtime[Any]) -> None:
    """Announce what has waited too long for a second person, as long as the service runs."""
    while True:
        more = False
        try:
            more = await look(runtime.database, _ESCALATED)
        except Exception as error:
            if not is_transient(error):
                log.exception("second_eyes.look_failed")
        await asyncio.sleep(0 if more else INTERVAL_S)
