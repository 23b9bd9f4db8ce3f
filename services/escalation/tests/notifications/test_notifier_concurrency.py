"""A mail server that hangs delays one message, not the others."""

import asyncio
from email.message import EmailMessage
from uuid import UUID

import pytest

from common.persistence.database import Database
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.handlers import HANDLERS
from escalation.notifications import notifier as sending
from escalation.notifications.domain.notification import Delivered, SendOutcome
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import threshold_reached
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until


class FirstHangs:
    """A transport whose first session never ends."""

    def __init__(self) -> None:
        self.started = 0
        self.sent: list[str] = []

    async def send(self, message: EmailMessage) -> SendOutcome:
        self.started += 1
        if self.started == 1:
            await asyncio.Event().wait()
        self.sent.append(message["To"])
        return Delivered()


async def test_one_session_that_hangs_delays_nobody_else(
    database: Database, settings: EscalationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two concurrent sends one hangs: all other messages go out through the second."""
    monkeypatch.setattr(sending, "MAX_CONCURRENT_SENDS", 2)
    for number in range(3):
        late = threshold_reached(clock_id=UUID(int=number + 1), ticket_id=UUID(int=number + 101))
        await deliver(database, HANDLERS, (late, 1))
    transport = FirstHangs()

    async def all_but_one() -> bool:
        return len(transport.sent) == 5

    loop = asyncio.create_task(Notifier(database, transport, settings, ESCALATION_ACCESS).run())
    try:
        await until(all_but_one)
    finally:
        loop.cancel()
