"""A page in the night, and somebody without a token who opens the link in it."""

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import threshold_reached
from escalation_support.http_setup import set_up
from escalation_support.links import KEY, Browser, links_of, name_people, with_keys
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver


@pytest.fixture
def settings(settings: EscalationSettings) -> EscalationSettings:
    return with_keys(settings, KEY, console_url="https://desk.example")


@pytest.fixture
def browser(database: Database, settings: EscalationSettings) -> Browser:
    return Browser(database, settings)


@pytest.fixture
async def link(database: Database, theo: AsyncClient, notifier: Notifier, mailbox: Mailbox) -> str:
    """The link in the mail by which sven is paged at night."""
    await set_up(theo)
    await name_people(database, sven="Sven Lindqvist", theo="Theo <b>")
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await notifier.send_ready()
    (found,) = links_of(mailbox, "sven")
    return found
