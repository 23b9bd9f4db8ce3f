"""Mail out: SMTP, and what its answers mean for a page (E19)."""

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

import aiosmtplib

from escalation.cases.domain.case import Case
from escalation.notifications.domain.notification import (
    Delivered,
    Notification,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
)
from escalation.notifications.domain.notification_text import render
from escalation.settings import EscalationSettings

SEND_TIMEOUT_S = 15.0
"""Seconds for the whole conversation: it must end before the lease does."""


class MailTransport(Protocol):
    """Takes a message to its one recipient. Never raises for what may happen on the way."""

    async def send(self, message: EmailMessage) -> SendOutcome: ...


class SmtpTransport:
    """A conversation of its own for each message: pages are few and must not wait for each other."""

    def __init__(self, settings: EscalationSettings) -> None:
        host, _, port = settings.smtp_server.rpartition(":")
        self._host, self._port = host, int(port)
        self._security = settings.smtp_security
        self._username = settings.smtp_username
        password = settings.smtp_password
        self._password = password.get_secret_value() if password else None

    async def send(self, message: EmailMessage) -> SendOutcome:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._send(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _classify_reply(refused.recipients[0].code, refused.recipients[0].message)
        except aiosmtplib.SMTPAuthenticationError as wrong:
            # Our own set-up, not the address: no other channel would fare better.
            return TemporaryFailure(f"the mail server refuses our login ({wrong.code})")
        except aiosmtplib.SMTPResponseException as answer:
            return _classify_reply(answer.code, answer.message)
        except aiosmtplib.SMTPNotSupported as unable:
            return PermanentFailure(f"the mail server cannot take it: {unable}")
        except (aiosmtplib.SMTPException, OSError) as lost:
            return TemporaryFailure(f"no answer from the mail server ({type(lost).__name__})")
        return Delivered()

    async def _send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(
            message,
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
        )


def build_message(
    notification: Notification,
    case: Case,
    zone: str,
    ending: str | None,
    settings: EscalationSettings,
) -> EmailMessage:
    """The message of a notification, the same at each attempt.

    Raises ValueError where the address cannot stand in a header.
    """
    link = _link(case, settings)
    text = render(notification.purpose, case.key, case.trigger, zone, link, ending)
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = notification.channel.address
    message["Subject"] = text.subject
    message["Date"] = format_datetime(notification.send_at)
    # By this prefix intake knows our own mail when it comes back.
    message["Message-ID"] = f"<opsdesk.{notification.id}@{settings.mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    return message


def _link(case: Case, settings: EscalationSettings) -> str:
    """To what it is about, where that has a page; else to the case."""
    if case.trigger.page_path is not None:
        return settings.sla_url.rstrip("/") + case.trigger.page_path
    return f"{settings.public_url.rstrip('/')}/v1/escalations/{case.key}"


def _classify_reply(code: int, reply: str) -> SendOutcome:
    # What servers say often repeats the address: only the code is kept.
    kind = PermanentFailure if 500 <= code < 600 else TemporaryFailure
    return kind(f"the mail server answered {code} {_enhanced_status(reply)}".rstrip())


def _enhanced_status(reply: str) -> str:
    """The enhanced status code (RFC 3463) that begins the answer, if one does."""
    first = reply.split(maxsplit=1)[0] if reply.strip() else ""
    return first if first.replace(".", "").isdigit() and first.count(".") == 2 else ""
