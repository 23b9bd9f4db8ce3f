"""Sending mail by SMTP, and what the server's answers mean for a notification (E19)."""

import asyncio
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

import aiosmtplib

from escalation.notifications.domain.escalation_summary import EscalationSummary
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
"""Seconds for the whole SMTP session: it must end before the lease does."""


class MailTransport(Protocol):
    """Sends a message to its one recipient; every failure on the way is an outcome, not an error."""

    async def send(self, message: EmailMessage) -> SendOutcome: ...


class SmtpTransport:
    """Sends by SMTP, each message in a session of its own, so that none waits for another."""

    def __init__(self, settings: EscalationSettings) -> None:
        host, _, port = settings.smtp_server.rpartition(":")
        self._host, self._port = host, int(port)
        self._security = settings.smtp_security
        self._username = settings.smtp_username
        password = settings.smtp_password
        self._password = password.get_secret_value() if password else None
        self._tls = ssl.create_default_context(cafile=settings.smtp_ca_file)

    async def send(self, message: EmailMessage) -> SendOutcome:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._send(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _classify_reply(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPAuthenticationError as error:
            # The configuration is wrong, not the address: another channel would fail, too.
            return TemporaryFailure(f"the mail server refuses our login ({error.code})")
        except aiosmtplib.SMTPResponseException as error:
            return _classify_reply(error.code, error.message)
        except aiosmtplib.SMTPNotSupported as error:
            return PermanentFailure(f"the mail server cannot accept it: {error}")
        except (aiosmtplib.SMTPException, OSError) as error:
            return TemporaryFailure(f"no answer from the mail server ({type(error).__name__})")
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
            tls_context=None if self._security == "plain" else self._tls,
        )


def build_message(
    notification: Notification,
    escalation: EscalationSummary,
    zone: str,
    settings: EscalationSettings,
) -> EmailMessage:
    """The mail of a notification, the same at each attempt.

    Raises ValueError where the address is not valid in a header.
    """
    text = render(
        notification.purpose,
        escalation.key,
        escalation.trigger,
        zone,
        _link(escalation, settings),
        escalation.closing_reason,
    )
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = notification.channel.address
    message["Subject"] = text.subject
    message["Date"] = format_datetime(notification.send_at)
    # By this prefix intake recognises our own mail when it comes back.
    message["Message-ID"] = f"<opsdesk.{notification.id}@{settings.mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    return message


def _link(escalation: EscalationSummary, settings: EscalationSettings) -> str:
    """The address of the cause's own page where it has one, else of the escalation."""
    if escalation.trigger.page_path is not None:
        return settings.sla_url.rstrip("/") + escalation.trigger.page_path
    return f"{settings.public_url.rstrip('/')}/v1/escalations/{escalation.key}"


def _classify_reply(code: int, reply: str) -> SendOutcome:
    # The text of a reply often repeats the address: only the codes are stored.
    kind = PermanentFailure if 500 <= code < 600 else TemporaryFailure
    return kind(f"the mail server answered {code} {_enhanced_status(reply)}".rstrip())


def _enhanced_status(reply: str) -> str:
    """The enhanced status code (RFC 3463) at the beginning of a reply; empty where there is none."""
    first = reply.split(maxsplit=1)[0] if reply.strip() else ""
    return first if first.replace(".", "").isdigit() and first.count(".") == 2 else ""
