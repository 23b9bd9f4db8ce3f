"""A calendar's new version reaches the agreements that follow it, and their open clocks (A6)."""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from common.audit import Entry, record
from common.events.agreements import AgreementCalendarChanged
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements import coverage
from sla.agreements.commands import order_bulk_update
from sla.agreements.domain.agreement import Agreement, FormerCalendar
from sla.agreements.events import agreement_payload, emit
from sla.agreements.store import agreements, calendar_following
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.bulk_update_orders import BulkUpdate
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars import store as calendars
from sla.calendars.store import CalendarVersion

SYSTEM: Final = "opsdesk"


async def put_in_effect(tx: Connection, calendar_id: UUID, at: datetime) -> None:
    """Let a published calendar version, which is locked, hold from its `effective_from` on.

    Agreements that follow it count by it: new clocks at once, the rest of open ones in a sweep.
    """
    calendar = await calendars.find(tx, calendar_id)
    if calendar is None or calendar.state != "published":
        return
    await calendars.set_state(tx, calendar_id, "in_effect")
    followers = await calendar_following.list_followers(tx)
    for agreement_id, versions in groupby(followers, key=lambda one: one.agreement_id):
        await agreements.lock(tx, agreement_id)
        changed = [one for one in versions if await _follow(tx, one, calendar, at)]
        if changed:
            await _announce(tx, changed[-1], calendar, at)


async def _follow(
    tx: Connection, stored: AgreementVersion, calendar: CalendarVersion, at: datetime
) -> bool:
    """Let an agreement version follow a calendar; False where it names none of that key."""
    version = stored.agreement
    plain = (await calendar_following.get_plain_calendars(tx, [version.id]))[version.id]
    numbers = await calendars.get_numbers(tx, list(plain.values()))
    followed = {
        priority: calendar.id if _is_older(numbers[id], calendar) else id
        for priority, id in plain.items()
    }
    if followed == plain:
        return False
    assert calendar.effective_from is not None
    former = version.former_calendars
    if followed[""] != plain[""]:
        former = (*former, FormerCalendar(calendar.effective_from, version.calendar))
    await calendar_following.save_followed(tx, version.id, followed, former)
    upcoming = await extensions.list_upcoming(tx, stored.agreement_id, at)
    await coverage.extend(tx, _with_calendars(version, followed), upcoming, SYSTEM, at)
    return True


def _is_older(number: tuple[str, int], calendar: CalendarVersion) -> bool:
    key, version = number
    return key == calendar.key and version < calendar.version


def _with_calendars(version: Agreement, followed: dict[str, UUID]) -> Agreement:
    own = {priority: id for priority, id in followed.items() if priority}
    return replace(version, calendar=followed[""], calendars=own)


async def _announce(
    tx: Connection, stored: AgreementVersion, calendar: CalendarVersion, at: datetime
) -> None:
    """Order the sweep over the open clocks of an agreement, and say that its calendar changed."""
    assert calendar.effective_from is not None
    assert calendar.published_by is not None
    reason = f"{calendar.key}, version {calendar.version}"
    bulk_update = BulkUpdate(
        uuid7(),
        stored.agreement_id,
        "calendar",
        None,
        reason,
        calendar.published_by,
        at,
        calendar.created_by,
        effective_at=calendar.effective_from,
    )
    await order_bulk_update(tx, bulk_update)
    named = await agreements.name_all_customers(tx, stored)
    event = AgreementCalendarChanged(
        **agreement_payload(named, at),
        calendar=calendar.key,
        calendar_version=calendar.version,
        effective_from=calendar.effective_from,
    )
    await emit(tx, named, event)
    grounds = {"key": stored.agreement.key, "calendar": reason, "from": calendar.effective_from}
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry(at, SYSTEM, "agreement.calendar", subject, grounds))
