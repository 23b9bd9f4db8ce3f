"""Mails of customers as bytes, what is planned for them, and what a mail server reports."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender

JAN, KIM = "jan@acme.example", "kim@acme.example"
MEDIA = {"Content-Type": "message/rfc822"}


def mail_of(
    sender: str = JAN,
    subject: str = "Invoices are not sent",
    body: str = "Since noon no invoice leaves acme-prod.",
    *,
    id: str = "1@mail.acme.example",
    at: datetime | None = None,
    **headers: str,
) -> bytes:
    """A mail; `headers` with `_` for `-`."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "support@ours.example", subject
    message["Message-ID"] = f"<{id}>"
    if at is not None:
        message["Date"] = format_datetime(at)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


async def post(gateway: AsyncClient, raw: bytes) -> dict[str, Any]:
    answer: Response = await gateway.post("/v1/emails", content=raw, headers=MEDIA)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def open_by_mail(gateway: AsyncClient, sender: str = JAN, **more: Any) -> str:
    """Open a ticket by mail. Its key."""
    result = await post(gateway, mail_of(sender, **more))
    assert result["outcome"] == "opened"
    return str(result["ticket"]["key"])


async def reply(staff: AsyncClient, key: str, words: str, **more: Any) -> dict[str, Any]:
    answer = await staff.post(f"/v1/tickets/{key}/replies", json={"text": words} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def triage(staff: AsyncClient, key: str) -> Response:
    """Say that the ticket is Acme's."""
    return await staff.post(f"/v1/triage/{key}/assign-customer", json={"customer": "acme"})


async def messages_of(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    answer = await who.get(f"/v1/tickets/{key}/messages")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def mails_about(staff: AsyncClient, key: str) -> list[tuple[str, str]]:
    """Purpose and state of all mails about a ticket, by message."""
    return [
        (mail["purpose"], mail["state"])
        for message in await messages_of(staff, key)
        for mail in message["mails"]
    ]


async def answer_state(anna: AsyncClient, key: str) -> tuple[str, str | None]:
    """State and problem of the mail about our answer, which is the second message."""
    mail = (await messages_of(anna, key))[1]["mails"][0]
    return str(mail["state"]), mail["problem"]


async def run_sql(database: Database, statement: str) -> list[tuple[Any, ...]]:
    async with database.transaction() as tx:
        result = await tx.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


async def let_retry(database: Database) -> None:
    """Let leases and pauses be over."""
    await run_sql(database, "UPDATE outgoing_mails SET next_try_at = statement_timestamp()")


def delivery_report(own_id: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail server sends back about the mail with this id (RFC 3464)."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.acme.example
To: support@ours.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{status}@mx.acme.example>
Date: Mon, 7 Jan 2030 09:00:00 +0000
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; jan@acme.example
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

From: support@ours.example
Message-ID: {own_id}
--b--
""".replace("\n", "\r\n").encode()


async def send_all(sender: OutgoingMailSender) -> int:
    """Send all that is to be sent, and return how many: one at a time to a contact on a ticket."""
    sent = 0
    while count := await sender.send_ready():
        sent += count
    return sent
