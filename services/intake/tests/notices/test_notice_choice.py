"""A contact chooses whether to get notices, where the house lets them choose."""

from fastapi import FastAPI
from httpx import AsyncClient

from common.events.outages import MaintenanceAnnounced
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.notices import WINDOW
from intake_support.outgoing import send_all
from opsdesk_testing.client import client, settings_for
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver


async def test_who_wants_no_notices_gets_none_and_reads_how_to_say_so(
    app: FastAPI,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        assert (await portal.get("/v1/me")).json()["wants_notices"] is True
        kees = {"name": "Kees", "address": "kees@acme.example", "language": "nl"}
        await anna.post("/v1/customers/acme/contacts", json=kees)
        chosen = await portal.put("/v1/me/notices", json={"wanted": False})
        assert (chosen.status_code, chosen.json()) == (200, {"wanted": False})
        assert (await portal.get("/v1/me")).json()["wants_notices"] is False
    await deliver(database, HANDLERS, (MaintenanceAnnounced(announced_by="omar", **WINDOW), 1))
    await send_all(sender)
    (only,) = mailbox.messages
    assert only["To"] == "kees@acme.example"
    assert only["List-Unsubscribe"] == "<mailto:support@ours.example?subject=Stop%20notices>"
    assert "U kunt deze berichten stopzetten" in only.get_content()
    assert (await anna.put("/v1/me/notices", json={"wanted": False})).status_code == 403


async def test_where_notices_are_owed_everybody_gets_them(
    app: FastAPI,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    path = f"/v1/customers/acme/contacts/{jan['id']}"
    assert (await anna.patch(path, json={"wants_notices": False})).json()["wants_notices"] is False
    owed = settings_for(
        IntakeSettings,
        database.url,
        smtp_server=f"127.0.0.1:{mailbox.port}",
        mail_from="support@ours.example",
        notices_optional=False,
    )
    await deliver(database, HANDLERS, (MaintenanceAnnounced(announced_by="omar", **WINDOW), 1))
    sender.settings = owed
    await send_all(sender)
    (mail,) = mailbox.messages
    assert (mail["To"], mail["List-Unsubscribe"]) == ("jan@acme.example", None)
    assert "stop these notices" not in mail.get_content()
