"""`/v1/notifications`: who was notified of an escalation."""

from typing import Annotated

from fastapi import Query

from common.auth import Caller, requires
from common.http import Refers, Transaction, router
from escalation.cases.dependencies import get_case
from escalation.notifications import store as notifications
from escalation.notifications.schemas import NotificationList, NotificationRead

routes = router("/v1/notifications", tags=["notifications"])


@routes.get("", response_model=NotificationList)
async def list_notifications(
    tx: Transaction,
    escalation: Annotated[
        str, Query(min_length=1, max_length=100), Refers("escalation", by_route=True)
    ],
    caller: Annotated[Caller, requires("escalations:read")],
) -> NotificationList:
    """List the notifications of an escalation, in the order of sending.

    `escalation` is its id or key.
    """
    case = await get_case(tx, escalation)
    rows = await notifications.list_of_escalation(tx, case.id)
    return NotificationList(items=[NotificationRead.model_validate(row) for row in rows])
