"""Notices: who is told of what, by themselves or on one of our people's word, and the proof (R11, R15)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.deliveries import DeliveryRolledBack, DeliveryStarted, DeliveryVerified
from common.events.outages import (
    MaintenanceAnnounced,
    MaintenanceCancelled,
    OutageCorrected,
    OutageEnded,
    OutageStarted,
)
from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake.outgoing.sender import MailOff, OutgoingMailSender
from intake.settings import IntakeSettings
from intake.timers import TIMERS
from intake_support.outgoing import send_all
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import Mailbox, open_mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
SCOPE: dict[str, Any] = {"customer_id": None, "customer": "acme", "environment": "acme-prod"}
WINDOW: dict[str, Any] = SCOPE | {
    "at": NINE,
    "service": None,
    "maintenance_id": UUID(int=0x3A1),
    "maintenance": "MNT-3",
    "title": "x",
    "starts_at": NINE + timedelta(days=1),
    "ends_at": NINE + timedelta(days=1, hours=2),
}
OUTAGE: dict[str, Any] = SCOPE | {
    "at": NINE,
    "service": "billing",
    "outage_id": UUID(int=0x3A2),
    "outage": "OUT-7",
    "ticket_id": None,
    "reported_by": "monitoring",
    "effect": "down",
    "started_at": NINE,
    "counts": True,
    "others_open": 0,
}
DELIVERY: dict[str, Any] = {
    "at": NINE,
    "delivery_id": UUID(int=0x3A3),
    "delivery": "DEL-12",
    "version_id": UUID(int=0x3A4),
    "product": "billing",
    "version": "2.1.0",
    "digest": "sha256:0",
    "environment_id": UUID(int=0x3A5),
    "environment": "acme-prod",
    "customer": "acme",
    "attempt": 1,
}


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with open_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def sender(database: Database, mailbox: Mailbox) -> OutgoingMailSender:
    settings = settings_for(
        IntakeSettings,
        database.url,
        smtp_server=f"127.0.0.1:{mailbox.port}",
        mail_from="support@ours.example",
    )
    return OutgoingMailSender(database, SmtpTransport(settings), settings)


async def list_notices(who: AsyncClient) -> list[tuple[str, str, str]]:
    """Source, stage and state of the notices, the oldest first."""
    items = (await who.get("/v1/notices")).json()["items"]
    return [(one["source_key"], one["stage"], one["state"]) for one in reversed(items)]


async def test_planned_maintenance_goes_to_every_contact_in_their_language_with_proof(
    anna: AsyncClient,
    jan: AsyncClient,
    britta: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    kees = {"name": "Kees", "address": "kees@acme.example", "language": "nl"}
    assert (await anna.post("/v1/customers/acme/contacts", json=kees)).status_code == 201
    await deliver(database, HANDLERS, (MaintenanceAnnounced(announced_by="omar", **WINDOW), 1))
    await send_all(sender)
    by_reader = {str(one["To"]): one for one in mailbox.messages}
    assert by_reader.keys() == {"jan@acme.example", "kees@acme.example"}
    assert by_reader["jan@acme.example"]["Subject"] == "[MNT-3] Planned maintenance of acme-prod"
    dutch = by_reader["kees@acme.example"]
    assert dutch["Subject"] == "[MNT-3] Gepland onderhoud van acme-prod"
    assert dutch["Auto-Submitted"] == "auto-generated"
    assert "Beste Kees," in dutch.get_content()
    shown = (await anna.get("/v1/notices/NTC-1")).json()
    assert [(one["language"], one["state"]) for one in shown["mails"]] == [
        ("en", "sent"),
        ("nl", "sent"),
    ]
    assert all(one["settled_at"] for one in shown["mails"])
    assert await list_notices(jan) == [("MNT-3", "announced", "sent")]
    assert await list_notices(britta) == []
    assert (await jan.get("/v1/notices/NTC-1")).status_code == 403


async def test_what_follows_stands_below_what_it_follows(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (MaintenanceAnnounced(announced_by="omar", **WINDOW), 1))
    await send_all(sender)
    window = {"starts_at": "2030-01-09T09:00:00Z", "ends_at": "2030-01-09T10:00:00Z"}
    moved = await anna.post("/v1/notices/NTC-1/move", json=window)
    assert (moved.status_code, moved.json()["stage"]) == (201, "moved")
    again = await anna.post("/v1/notices/NTC-1/move", json=window)
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_TOLD")
    await send_all(sender)
    cancelled = MaintenanceCancelled(cancelled_at=NINE, **WINDOW)
    await deliver(database, HANDLERS, (cancelled, 2))
    await send_all(sender)
    first, second, third = mailbox.messages
    assert "moved" in second["Subject"]
    assert second["In-Reply-To"] == third["In-Reply-To"] == first["Message-ID"]
    assert third["Subject"] == "[MNT-3] Maintenance of acme-prod is cancelled"


async def test_the_end_of_maintenance_is_told_when_it_is_over_unless_it_was_cancelled(
    anna: AsyncClient, database: Database
) -> None:
    announced = MaintenanceAnnounced(announced_by="omar", **WINDOW)
    other = WINDOW | {"maintenance_id": UUID(int=0x3AA), "maintenance": "MNT-4"}
    gone = MaintenanceAnnounced(announced_by="omar", **other)
    cancelled = MaintenanceCancelled(cancelled_at=NINE, **other)
    await deliver(database, HANDLERS, (announced, 1), (gone, 1), (cancelled, 2))
    await freeze_time(database, WINDOW["ends_at"])
    await fire_due(database, TIMERS)
    assert await list_notices(anna) == [
        ("MNT-3", "announced", "due"),
        ("MNT-4", "announced", "due"),
        ("MNT-4", "cancelled", "due"),
        ("MNT-3", "restored", "due"),
    ]


async def test_an_outage_is_proposed_and_goes_out_on_somebodys_word(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    await send_all(sender)
    assert await list_notices(anna) == [("OUT-7", "started", "proposed")]
    assert mailbox.messages == []
    assert (await anna.post("/v1/notices/NTC-1/send")).json()["decided_by"] == "anna"
    assert (await anna.post("/v1/notices/NTC-1/send")).json()["code"] == "NOT_PROPOSED"
    await send_all(sender)
    over = OutageEnded(ended_at=NINE + timedelta(hours=1), **OUTAGE)
    await deliver(database, HANDLERS, (over, 2))
    await send_all(sender)
    started, restored = mailbox.messages
    assert started["Subject"] == "[OUT-7] Disruption of acme-prod"
    assert restored["Subject"] == "[OUT-7] acme-prod works again"
    assert restored["In-Reply-To"] == started["Message-ID"]


async def test_what_was_over_before_anybody_sent_it_is_told_to_nobody(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    over = OutageEnded(ended_at=NINE + timedelta(minutes=1), **OUTAGE)
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1), (over, 2))
    await send_all(sender)
    assert await list_notices(anna) == [("OUT-7", "started", "dismissed")]
    assert mailbox.messages == []


async def test_a_dismissed_outage_is_followed_by_nothing(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    assert (await anna.post("/v1/notices/NTC-1/dismiss")).json()["state"] == "dismissed"
    none = OutageCorrected(
        ended_at=None, requested_by="anna", confirmed_by="omar", **OUTAGE | {"counts": False}
    )
    await deliver(database, HANDLERS, (none, 2))
    assert await send_all(sender) == 0
    assert await list_notices(anna) == [("OUT-7", "started", "dismissed")]


async def test_customers_hear_nothing_of_what_is_not_production_or_only_degraded(
    anna: AsyncClient, database: Database
) -> None:
    staging = OutageStarted(ended_at=None, **OUTAGE | {"environment": "acme-staging"})
    slow = OutageStarted(
        ended_at=None, **OUTAGE | {"effect": "degraded", "outage_id": UUID(int=0x3A9)}
    )
    await deliver(database, HANDLERS, (staging, 1), (slow, 1))
    assert await list_notices(anna) == []


async def test_an_outage_of_a_service_concerns_those_who_bought_it(
    anna: AsyncClient, database: Database
) -> None:
    nowhere = OUTAGE | {"customer": None, "environment": None}
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **nowhere), 1))
    items = (await anna.get("/v1/notices")).json()["items"]
    assert [(one["customer"], one["service"]) for one in items] == [("acme", "billing")]


async def test_a_delivery_is_proposed_and_its_end_follows(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (DeliveryStarted(state="delivering", **DELIVERY), 1))
    await anna.post("/v1/notices/NTC-1/send")
    await deliver(database, HANDLERS, (DeliveryVerified(state="delivered", **DELIVERY), 2))
    await send_all(sender)
    await send_all(sender)
    assert {str(one["Subject"]) for one in mailbox.messages} == {
        "[DEL-12] New version for acme-prod",
        "[DEL-12] New version of acme-prod is in use",
    }


async def test_a_delivery_that_nobody_was_told_of_rolls_back_in_silence(
    anna: AsyncClient, database: Database
) -> None:
    back = DeliveryRolledBack(state="rolled_back", reasons=[], **DELIVERY)
    await deliver(database, HANDLERS, (back, 1))
    assert await list_notices(anna) == []


async def test_without_a_mail_server_the_notice_says_that_nobody_got_it(
    anna: AsyncClient, database: Database
) -> None:
    await deliver(database, HANDLERS, (MaintenanceAnnounced(announced_by="omar", **WINDOW), 1))
    off = OutgoingMailSender(database, MailOff(), settings_for(IntakeSettings, database.url))
    assert await send_all(off) == 0
    shown = (await anna.get("/v1/notices/NTC-1")).json()
    assert (shown["state"], shown["mails"]) == ("unsent", [])
