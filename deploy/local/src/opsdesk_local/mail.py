"""A local SMTP server that stores every message as a file instead of delivering it."""

import asyncio
import email.policy
import sys
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from opsdesk_local.errors import LocalRunError
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child, spawn
from opsdesk_local.waiting import holds_within


class MailSink:
    """The server as a child process; messages are stored as `mail/000001.eml` and so on."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.mail = folder / "mail"
        self.port = port or free_port()
        self.child: Child | None = None
        self.log = folder / "logs" / "mail.log"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        self.mail.mkdir(parents=True, exist_ok=True)
        self.child = spawn(
            [sys.executable, "-m", "opsdesk_local", "mail-sink", str(self.port), self.mail],
            name="mail",
            folder=self.mail,
            log=self.log,
        )

    def wait_ready(self, seconds: float = 30) -> None:
        child = self.child
        if child is None or not holds_within(
            seconds, lambda: child.listens_on(self.port) or not child.alive
        ):
            raise LocalRunError(f"The mail server did not answer within {seconds:.0f} s.")
        if not child.alive:
            raise LocalRunError(f"The mail server did not start:\n{child.last_lines()}")

    def stop(self) -> None:
        if self.child:
            self.child.end()

    def kill(self) -> None:
        """Kill the server: messages are not accepted any more."""
        if self.child:
            self.child.kill()

    def messages(self) -> list[EmailMessage]:
        return messages(self.mail)


def messages(folder: Path) -> list[EmailMessage]:
    """Return the stored messages in order; `X-Envelope-From` and `-To` have the envelope."""
    parser = BytesParser(EmailMessage, policy=email.policy.default)
    return [parser.parsebytes(file.read_bytes()) for file in sorted(folder.glob("*.eml"))]


class MessageStore:
    """Stores messages, each completely before it is acknowledged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = max((int(file.stem) for file in folder.glob("*.eml")), default=0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._count += 1
        to = ", ".join(envelope.rcpt_tos)
        recipients = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {to}\r\n"
        partial = self._folder / f"{self._count:06}.part"
        partial.write_bytes(recipients.encode() + envelope.content)
        partial.rename(partial.with_suffix(".eml"))
        return "250 Taken"


async def serve(port: int, folder: Path, host: str = "127.0.0.1") -> None:
    """Serve until the process is ended."""
    from aiosmtpd.smtp import SMTP  # imported in this process only

    store = MessageStore(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(store, loop=loop), host, port)
    await server.serve_forever()
