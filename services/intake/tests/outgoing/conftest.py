"""Outgoing mail on a real database, and a real SMTP server that takes it."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.outgoing import open_by_mail, reply
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import Mailbox, open_mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server on a port of its own."""
    async with open_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def settings(database: Database, mailbox: Mailbox) -> IntakeSettings:
    return settings_for(
        IntakeSettings,
        database.url,
        smtp_server=f"127.0.0.1:{mailbox.port}",
        mail_from="support@ours.example",
        mail_reply_to="desk@ours.example",
    )


@pytest.fixture
def sender(database: Database, settings: IntakeSettings) -> OutgoingMailSender:
    return OutgoingMailSender(database, SmtpTransport(settings), settings)


@pytest.fixture
async def key(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> str:
    """A ticket that came by mail, whose receipt is sent, with an answer that is not sent yet."""
    key = await open_by_mail(gateway)
    await sender.send_ready()
    mailbox.messages.clear()
    await reply(anna, key, "We found it.")
    return key
