"""A later version of a calendar is published by a second person, or withdrawn (A6, R1)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.http import Transaction, rejection_response, router
from common.persistence.database import Connection, transaction_time
from common.persistence.keys import id_or_key
from sla.calendars import store as calendars
from sla.calendars.commands import publish_version
from sla.calendars.domain.calendar_lifecycle import NOT_PROPOSED, SELF_APPROVAL
from sla.calendars.routes.calendars import CalendarRead
from sla.calendars.store import CalendarVersion
from sla.path_parameters import CalendarRef

routes = router("/v1/calendars", tags=["calendars"])


@routes.post("/{calendar}/publish", response_model=CalendarRead)
async def publish_calendar(
    name: CalendarRef, tx: Transaction, caller: Annotated[Caller, requires("calendars:write")]
) -> CalendarRead | Response:
    """Publish a proposed calendar version, by another person than its author.

    From its `effective_from` on, agreements that are not pinned follow it: new clocks, and the rest of
    open ones. By the key the last version is meant that was not withdrawn.
    """
    version = await _lock_last(tx, name)
    at = await transaction_time(tx)
    person = await counted_as(tx, caller.sub, version.created_by)
    publication = await publish_version(tx, version, person, at)
    if publication == SELF_APPROVAL:
        await _record(tx, caller, at, "calendar.publish.denied", version, why=SELF_APPROVAL.code)
        return rejection_response(SELF_APPROVAL)
    if isinstance(publication, Rejection):
        raise Conflict(publication.detail, code=publication.code)
    effective_from = publication.effective_from
    await _record(tx, caller, at, "calendar.publish", version, effective_from=effective_from)
    return await _read(tx, version)


@routes.post("/{calendar}/withdraw")
async def withdraw_calendar(
    name: CalendarRef, tx: Transaction, caller: Annotated[Caller, requires("calendars:write")]
) -> CalendarRead:
    """Withdraw a proposed calendar version before it is published: nobody ever follows it."""
    version = await _lock_last(tx, name)
    if version.state != "proposed":
        raise Conflict(NOT_PROPOSED.detail, code=NOT_PROPOSED.code)
    await calendars.set_state(tx, version.id, "withdrawn")
    await _record(tx, caller, await transaction_time(tx), "calendar.withdraw", version)
    return await _read(tx, version)


async def _lock_last(tx: Connection, name: str) -> CalendarVersion:
    """Lock the key of the version that is named, and return the version. Raises NotFound."""
    reference = id_or_key(name)
    if isinstance(reference, str):
        await calendars.lock(tx, reference)
        version = await calendars.find_last(tx, reference)
    else:
        version = await calendars.find(tx, reference)
        if version is not None:
            await calendars.lock(tx, version.key)
            version = await calendars.find(tx, version.id)
    if version is None:
        raise NotFound("This calendar")
    return version


async def _read(tx: Connection, version: CalendarVersion) -> CalendarRead:
    return CalendarRead.model_validate(await calendars.find(tx, version.id))


async def _record(
    tx: Connection,
    caller: Caller,
    at: datetime,
    action: str,
    version: CalendarVersion,
    **details: Any,
) -> None:
    grounds = {"key": version.key, "version": version.version, **details}
    await record(tx, Entry.by(caller.actor, at, action, f"calendar/{version.id}", grounds))
