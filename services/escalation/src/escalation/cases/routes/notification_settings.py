"""How each person wants to be notified: their own word, that of two people else; they hear of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Forbidden
from common.http import Transaction, if_match, router, set_etag
from common.persistence.database import Connection, transaction_time
from escalation.cases.commands import apply_outcome, notify_only
from escalation.cases.domain import lifecycle
from escalation.directory import store as directory
from escalation.directory.dependencies import get_person
from escalation.directory.domain import StoredSettings, change_settings
from escalation.directory.schemas import (
    NotificationSettingsRead,
    NotificationSettingsUpdate,
    to_response,
)
from escalation.policies.domain.trigger import Trigger

routes = router("/v1/people", tags=["notifications"])


@routes.put("/{person}/notification-settings", response_model=NotificationSettingsRead)
async def update_notification_settings(
    tx: Transaction,
    person: str,
    body: NotificationSettingsUpdate,
    request: Request,
    response: Response,
    caller: Annotated[Caller, requires("escalations:acknowledge")],
) -> NotificationSettingsRead:
    """Replace the notification settings of a person.

    Everybody changes their own. Another's needs the permission `oncall:write`, and waits until a
    second person asks for the same; then the person hears of it at the address that held before. Pages of blockers and critical cases wait 15 minutes at most, whatever
    the delay.
    """
    if person != caller.sub and not caller.has_permission("oncall:write"):
        raise Forbidden("Change your own settings, or ask somebody who maintains the rotas.")
    named = await get_person(tx, person)
    before = await directory.get_settings(tx, person, lock=True)
    if_match(request, before.sequence, to_response(named, before.pending_by))
    actor = caller.sub
    if person != caller.sub:
        actor = await counted_as(tx, caller.sub, before.pending_by)
    at = await transaction_time(tx)
    after = change_settings(before, person, body.to_settings(), actor, at)
    if person != caller.sub and after.present != before.present:
        await _notify(tx, person, caller.sub, at)
    await directory.save_settings(tx, person, after)
    await record(tx, _audit_entry(caller, person, before, after, at))
    set_etag(response, after.sequence)
    return to_response(await get_person(tx, person), after.pending_by)


async def _notify(tx: Connection, person: str, actor: str, at: datetime) -> None:
    """Tell the person, at the address that held until now, in a case that is over at once."""
    trigger = Trigger(
        "settings_changed",
        "minor",
        f"settings/{person}/{at.isoformat()}",
        f"{actor} changed how {person} is notified",
        at,
    )
    case = await notify_only(tx, trigger, [person], "If this is wrong, tell your TOM.")
    outcome = lifecycle.resolve(case.state, None, "it only tells", at)
    assert not isinstance(outcome, Rejection), "the case is new"
    await apply_outcome(tx, case, outcome)


def _audit_entry(
    caller: Caller, person: str, before: StoredSettings, after: StoredSettings, at: datetime
) -> Entry:
    grounds = {
        "was": directory.settings_as_json(before.present),
        "is": directory.settings_as_json(after.present),
        "waits": after.pending and directory.settings_as_json(after.pending),
        "requested_by": after.changed_by or after.pending_by,
    }
    return Entry.by(caller.actor, at, "person.settings", f"person/{person}", grounds)
