"""Raw mails (RFC 822) as the mail gateway delivers them."""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from textwrap import dedent

from common.persistence.ids import uuid7
from opsdesk.api_client import JSON
from opsdesk.journeys.context import JourneyContext

JAN = "Jan Bakker <jan@acme.example>"
JAN_ADDRESS = "jan@acme.example"
SUPPORT_ADDRESS = "support@meridian.example"


def message_id(domain: str = "mail.acme.example") -> str:
    return f"<{uuid7().hex}@{domain}>"


def build_mail(
    subject: str,
    text: str,
    at: datetime,
    own_id: str | None,
    *,
    answers: str | None = None,
    thread: tuple[str, ...] = (),
    sender: str = JAN,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Build a mail, by default of jan. `answers` and `thread` are message ids; without them it begins a thread."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = SUPPORT_ADDRESS
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    if own_id:
        message["Message-ID"] = own_id
    if answers:
        message["In-Reply-To"] = answers
        message["References"] = " ".join((*thread, answers))
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


def build_delivery_report(returned_id: str, recipient: str, at: datetime) -> bytes:
    """Build what a mail server sends back about a mail that it cannot deliver (RFC 3464)."""
    return dedent(f"""\
        Return-Path: <>
        From: MAILER-DAEMON@mx.acme.example
        To: {SUPPORT_ADDRESS}
        Subject: Undelivered Mail Returned to Sender
        Message-ID: {message_id("mx.acme.example")}
        Date: {format_datetime(at)}
        Auto-Submitted: auto-replied
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        Your message could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.acme.example

        Final-Recipient: rfc822; {recipient}
        Action: failed
        Status: 5.2.2
        --b
        Content-Type: text/rfc822-headers

        From: {SUPPORT_ADDRESS}
        Message-ID: {returned_id}
        --b--
        """).encode()


async def post_mail(context: JourneyContext, raw: bytes) -> JSON:
    """Hand a raw mail to intake, as the gateway does; return intake's response."""
    return await context["gateway"].post_bytes("intake", "/v1/emails", raw, "message/rfc822")
