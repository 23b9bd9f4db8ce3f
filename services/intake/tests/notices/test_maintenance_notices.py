"""Notices of maintenance that is moved, called off or over: what the customers read is true (R11, R15)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from common.events.outages import MaintenanceAnnounced, MaintenanceCancelled, MaintenanceMoved
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake.outgoing.sender import OutgoingMailSender
from intake.timers import TIMERS
from intake_support.notices import NINE, WINDOW, list_notices
from intake_support.outgoing import send_all
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

ANNOUNCED = MaintenanceAnnounced(announced_by="omar", **WINDOW)
THREE_DAYS = timedelta(days=3)


def moved(by: timedelta = THREE_DAYS, **more: Any) -> MaintenanceMoved:
    """The maintenance `by` so much later than announced."""
    former = {"former_starts_at": WINDOW["starts_at"], "former_ends_at": WINDOW["ends_at"]}
    people = {"moved_by": "omar", "announced_by": "omar"}
    return MaintenanceMoved.model_validate(WINDOW | _window(by) | former | people | more)


def cancelled(at: Any, by: timedelta = THREE_DAYS) -> MaintenanceCancelled:
    return MaintenanceCancelled.model_validate(WINDOW | _window(by) | {"cancelled_at": at})


def _window(by: timedelta) -> dict[str, Any]:
    return {name: WINDOW[name] + by for name in ("starts_at", "ends_at")}


async def test_what_follows_stands_below_what_it_follows(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (ANNOUNCED, 1))
    await send_all(sender)
    await deliver(database, HANDLERS, (moved(), 2))
    await send_all(sender)
    await deliver(database, HANDLERS, (cancelled(NINE), 3))
    await send_all(sender)
    first, second, third = mailbox.messages
    assert second["Subject"] == "[MNT-3] Maintenance of acme-prod is moved"
    assert second["In-Reply-To"] == third["In-Reply-To"] == first["Message-ID"]
    assert third["Subject"] == "[MNT-3] Maintenance of acme-prod is cancelled"


async def test_called_off_between_the_old_and_the_new_window_it_never_took_place(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (ANNOUNCED, 1), (moved(), 2))
    after_the_old_window = WINDOW["ends_at"] + timedelta(hours=1)
    await deliver(database, HANDLERS, (cancelled(after_the_old_window), 3))
    for _ in range(3):
        await send_all(sender)
    by_subject = {str(one["Subject"]): one.get_content() for one in mailbox.messages}
    assert len(by_subject) == 3
    text = by_subject["[MNT-3] Maintenance of acme-prod is cancelled"]
    assert "planned from Fri 11 Jan 2030 09:00 UTC does not take place" in text


async def test_each_customer_hears_of_another_window_even_of_one_that_it_had_before(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient, database: Database
) -> None:
    everybody = {"customer": None, "environment": None, "service": None}
    announced = MaintenanceAnnounced.model_validate(WINDOW | everybody | {"announced_by": "omar"})
    there_and_back = [moved(), moved(timedelta(0)), moved()]
    events = [one.model_copy(update=everybody) for one in there_and_back]
    await deliver(
        database, HANDLERS, (announced, 1), *((one, n) for n, one in enumerate(events, 2))
    )
    stages = [one[1] for one in await list_notices(anna)]
    assert sorted(stages) == ["announced"] * 2 + ["moved"] * 6


async def test_who_became_a_customer_afterwards_reads_that_it_is_planned(
    anna: AsyncClient, database: Database
) -> None:
    everybody = {"environment": None, "service": None}
    announced = ANNOUNCED.model_copy(update=everybody | {"customer": "acme"})
    of_everybody = moved().model_copy(update=everybody | {"customer": None})
    await deliver(database, HANDLERS, (announced, 1), (of_everybody, 2))
    assert sorted(one[1] for one in await list_notices(anna)) == ["announced", "announced", "moved"]


async def test_the_end_of_maintenance_is_told_when_it_is_over_unless_it_was_cancelled(
    anna: AsyncClient, database: Database
) -> None:
    other = WINDOW | {"maintenance_id": UUID(int=0x3AA), "maintenance": "MNT-4"}
    gone = MaintenanceAnnounced(announced_by="omar", **other)
    called_off = MaintenanceCancelled(cancelled_at=NINE, **other)
    await deliver(database, HANDLERS, (ANNOUNCED, 1), (gone, 1), (called_off, 2))
    await freeze_time(database, WINDOW["ends_at"])
    await fire_due(database, TIMERS)
    assert await list_notices(anna) == [
        ("MNT-3", "announced", "due"),
        ("MNT-4", "announced", "due"),
        ("MNT-4", "cancelled", "due"),
        ("MNT-3", "restored", "due"),
    ]


async def test_moved_it_is_over_when_its_last_window_is(
    anna: AsyncClient, database: Database
) -> None:
    await deliver(database, HANDLERS, (ANNOUNCED, 1), (moved(), 2))
    await freeze_time(database, WINDOW["ends_at"])
    await fire_due(database, TIMERS)
    assert [one[1] for one in await list_notices(anna)] == ["announced", "moved"]
    await freeze_time(database, WINDOW["ends_at"] + THREE_DAYS)
    await fire_due(database, TIMERS)
    newest = (await anna.get("/v1/notices")).json()["items"][0]
    assert (newest["stage"], newest["starts_at"]) == ("restored", "2030-01-11T09:00:00Z")
