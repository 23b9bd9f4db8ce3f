"""`/v1/people`: how each person wants to be notified."""

from typing import Annotated

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Forbidden, NotFound
from common.http import Transaction, router
from common.persistence.database import Connection, transaction_time
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT, Person
from escalation.directory.schemas import (
    NotificationSettingsRead,
    NotificationSettingsUpdate,
    to_response,
)

routes = router("/v1/people", tags=["notifications"])


@routes.get("/{person}/notification-settings", response_model=NotificationSettingsRead)
async def get_notification_settings(
    tx: Transaction, person: str, caller: Annotated[Caller, requires("oncall:read")]
) -> NotificationSettingsRead:
    """Get the notification settings of a person: kinds of channels, and delays."""
    return to_response(await _get_person(tx, person))


@routes.put("/{person}/notification-settings", response_model=NotificationSettingsRead)
async def update_notification_settings(
    tx: Transaction,
    person: str,
    body: NotificationSettingsUpdate,
    caller: Annotated[Caller, requires("escalations:acknowledge")],
) -> NotificationSettingsRead:
    """Replace the notification settings of a person.

    Everybody changes their own; changing another's needs the permission `oncall:write`.
    """
    if person != caller.sub and not caller.has_permission("oncall:write"):
        raise Forbidden("Change your own settings, or ask somebody who maintains the rotas.")
    await _get_person(tx, person)
    channels = tuple(channel.to_channel() for channel in body.channels)
    rules = tuple(rule.to_rule() for rule in body.rules)
    await directory.upsert_notification_settings(tx, person, channels, rules)
    at = await transaction_time(tx)
    entry = Entry.by(caller.actor, at, "person.settings", f"person/{person}", {})
    await record(tx, entry)
    return to_response(await _get_person(tx, person))


async def _get_person(tx: Connection, sub: str) -> Person:
    """The person by `sub`. Raises NotFound."""
    people = await directory.load_people(tx, {sub})
    if sub == FALLBACK_CONTACT or sub not in people:
        raise NotFound("This person")
    return people[sub]
