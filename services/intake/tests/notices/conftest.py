"""Notices go out by a real SMTP server."""

from collections.abc import AsyncIterator

import pytest

from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import Mailbox, open_mailbox


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
