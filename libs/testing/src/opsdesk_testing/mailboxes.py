"""Where mail goes in tests: a mailbox behind a real SMTP server, and a transport in memory."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from common.domain.send_outcomes import Delivered, PermanentFailure, SendOutcome


class Mailbox:
    """An aiosmtpd handler that stores messages, and of each who is told where it cannot be delivered.

    `answers` are given first, one per message; `refused` maps an address to the answer that it always gets.
    """

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.envelope_senders: list[str] = []
        self.raw: list[bytes] = []
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
            self.envelope_senders.append(envelope.mail_from)
            self.raw.append(envelope.content)
        return answer

    def sent_to(self) -> list[str]:
        return [str(message["To"]).partition("@")[0] for message in self.messages]


@asynccontextmanager
async def open_mailbox(tls: ssl.SSLContext | None = None) -> AsyncIterator[Mailbox]:
    """A mailbox behind a real SMTP server on a port of its own; with `tls` it speaks nothing else."""
    from aiosmtpd.smtp import SMTP  # slow to import, and needed by these tests alone

    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "127.0.0.1", 0, ssl=tls)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()


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

    async def send(self, message: EmailMessage, envelope_sender: str | None = None) -> SendOutcome:
        if self._meanwhile:
            await self._meanwhile()
        if str(message["To"]) in self._refused:
            return PermanentFailure("refused")
        self.sent.append(message)
        return self._outcome
