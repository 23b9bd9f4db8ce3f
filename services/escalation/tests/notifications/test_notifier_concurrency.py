"""A mail server that hangs holds one place, not everybody's pages."""

import asyncio
from email.message import EmailMessage
from uuid import UUID

import pytest

from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications import notifier as sending
from escalation.notifications.domain.notification import Delivered, SendOutcome
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import clock_warned
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until


class FirstHangs:
    """A post whose first conversation never ends."""

    def __init__(self) -> None:
        self.begun = 0
        self.sent: list[str] = []

    async def send(self, message: EmailMessage) -> SendOutcome:
        self.begun += 1
        if self.begun == 1:
            await asyncio.Event().wait()
        self.sent.append(message["To"])
        return Delivered()


async def test_one_conversation_that_hangs_delays_nobody_else(
    database: Database, settings: EscalationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two places, one of them held: the other pages all go out through the second."""
    monkeypatch.setattr(sending, "MAX_CONCURRENT_SENDS", 2)
    for number in range(3):
        late = clock_warned(clock_id=UUID(int=number + 1), ticket_id=UUID(int=number + 101))
        await deliver(database, HANDLERS, (late, 1))
    post = FirstHangs()

    async def all_but_one() -> bool:
        return len(post.sent) == 5

    loop = asyncio.create_task(Notifier(database, post, settings).run())
    try:
        await until(all_but_one)
    finally:
        loop.cancel()
