"""Where mail goes in tests: a mailbox behind a real SMTP server, and a transport in memory."""

from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from escalation.notifications.domain.notification import Delivered, PermanentFailure, SendOutcome


class Mailbox:
    """An aiosmtpd handler that stores messages. `answers` are given first, one per message;
    `refused` maps an address to the answer that it always gets."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 Taken"
        if answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, EmailMessage, policy=default)
            self.messages.append(parsed)
        return answer

    def sent_to(self) -> list[str]:
        return [str(message["To"]).partition("@")[0] for message in self.messages]


class InMemoryTransport:
    """A fake `MailTransport` that stores messages. `outcome` is what it answers, except for
    `refused` addresses; `meanwhile` is what happens while a message is on its way."""

    def __init__(
        self,
        outcome: SendOutcome | None = None,
        *,
        refused: set[str] | None = None,
        meanwhile: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.sent: list[EmailMessage] = []
        self._outcome = outcome or Delivered()
        self._refused = refused or set()
        self._meanwhile = meanwhile

    async def send(self, message: EmailMessage) -> SendOutcome:
        if self._meanwhile:
            await self._meanwhile()
        if str(message["To"]) in self._refused:
            return PermanentFailure("refused")
        self.sent.append(message)
        return self._outcome
