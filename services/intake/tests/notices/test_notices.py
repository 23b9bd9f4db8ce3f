"""Notices: who is told of what, by themselves or on one of our people's word, and the proof (R11, R15)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from common.events.agreements import AgreementProposed, AgreementRevised
from common.events.deliveries import DeliveryRolledBack, DeliveryStarted, DeliveryVerified
from common.events.outages import MaintenanceAnnounced
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake.outgoing.sender import MailOff, OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.notices import NINE, SCOPE, WINDOW, list_notices
from intake_support.outgoing import send_all
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver

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


async def test_a_customer_who_signs_is_told_of_each_version_that_waits_for_them(
    anna: AsyncClient,
    jan: AsyncClient,
    britta: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """R4: proposed, taken back, proposed again; nothing where they do not sign"""
    version: dict[str, Any] = {
        "at": NINE,
        "agreement_id": UUID(int=0x3B1),
        "agreement": "acme-standard",
        "version": 2,
        "version_id": UUID(int=0x3B2),
        "contract": "sla",
        "customer_id": SCOPE["customer_id"],
        "customer": "acme",
        "customers": ["acme", "brightwater"],
        "partner": None,
        "team": None,
        "services": [],
    }
    ours_alone = AgreementProposed(**version, customer_signs=False)
    await deliver(database, HANDLERS, (ours_alone, 1), (AgreementRevised(**version), 2))
    await send_all(sender)
    assert mailbox.messages == []
    for number in (3, 5):
        later = version | {"at": NINE + timedelta(hours=number)}
        await deliver(database, HANDLERS, (AgreementProposed(**later, customer_signs=True), number))
        await send_all(sender)
        await deliver(database, HANDLERS, (AgreementRevised(**later), number + 1))
        await send_all(sender)
    assert [str(one["To"]) for one in mailbox.messages] == ["jan@acme.example"] * 4
    asked = "[acme-standard, version 2] An agreement waits for your approval"
    taken_back = "[acme-standard, version 2] A proposed agreement is taken back"
    subjects = [str(one["Subject"]) for one in mailbox.messages]
    assert subjects == [asked, taken_back, asked, taken_back]
