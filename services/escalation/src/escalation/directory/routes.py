"""`/v1/people`: how each person wants to be notified."""

from typing import Annotated

from fastapi import Response

from common.auth import Caller, requires
from common.http import Transaction, router, set_etag
from escalation.directory import store as directory
from escalation.directory.dependencies import get_person
from escalation.directory.schemas import NotificationSettingsRead, to_response

routes = router("/v1/people", tags=["notifications"])


@routes.get("/{person}/notification-settings", response_model=NotificationSettingsRead)
async def get_notification_settings(
    tx: Transaction,
    person: str,
    response: Response,
    caller: Annotated[Caller, requires("oncall:read")],
) -> NotificationSettingsRead:
    """Get the notification settings of a person: kinds of channels, and delays."""
    named = await get_person(tx, person)
    settings = await directory.get_settings(tx, person)
    set_etag(response, settings.sequence)
    return to_response(named, settings.pending_by)
