"""Sending mail by SMTP, and what the server's answers mean for a message (E19)."""

import asyncio
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Final, Protocol

import aiosmtplib

from common.domain.send_outcomes import Delivered, PermanentFailure, SendOutcome, TemporaryFailure
from common.mail.smtp_settings import SmtpSettings

CONNECT_TIMEOUT_S: Final = 10.0
"""Seconds for a connection. A machine that is off says nothing at all: this is how it is known to be unreachable."""
SEND_TIMEOUT_S: Final = 15.0
"""Seconds until the server must have taken a message: with the farewell less than the lease."""
QUIT_TIMEOUT_S: Final = 1.0
"""Seconds that the server has to say farewell; what it has taken is delivered all the same."""

_CLOSING: Final = 421


class MailTransport(Protocol):
    """Sends a message to its one recipient; every failure on the way is an outcome, not an error.

    Reports of mail servers go to `envelope_sender`, by default the one in From; to nobody where it is
    empty.
    """

    async def send(
        self, message: EmailMessage, envelope_sender: str | None = None
    ) -> SendOutcome: ...


class SmtpTransport:
    """Sends by SMTP, each message in a session of its own, so that none waits for another."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._tls = ssl.create_default_context(cafile=settings.smtp_ca_file)
        self._own_name: str | None = None

    async def send(self, message: EmailMessage, envelope_sender: str | None = None) -> SendOutcome:
        client = create_client(self._settings, self._tls)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                client.local_hostname = await self._find_own_name()
                await client.connect(timeout=CONNECT_TIMEOUT_S)
                await client.send_message(message, sender=envelope_sender)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _classify_reply(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPResponseException as error:
            return _classify_response(error)
        except aiosmtplib.SMTPNotSupported as error:
            return PermanentFailure(f"the mail server cannot accept it: {error}")
        except ValueError:
            return PermanentFailure("the address is not valid")
        except (aiosmtplib.SMTPException, OSError) as error:
            return TemporaryFailure(
                f"no answer from the mail server ({type(error).__name__})",
                is_unreachable=isinstance(error, aiosmtplib.SMTPConnectError),
            )
        finally:
            await _end(client)
        return Delivered()

    async def _find_own_name(self) -> str:
        """What we call ourselves, asked once: the name server may be asked for it."""
        if self._own_name is None:
            self._own_name = await asyncio.to_thread(socket.getfqdn)
        return self._own_name


def create_client(settings: SmtpSettings, tls: ssl.SSLContext | None = None) -> aiosmtplib.SMTP:
    """Create a client that signs in as the settings say, once it connects. `tls`: made of them unless given."""
    host, _, port = settings.smtp_server.rpartition(":")
    password = settings.smtp_password
    encrypted = settings.smtp_security != "plain"
    if encrypted and tls is None:
        tls = ssl.create_default_context(cafile=settings.smtp_ca_file)
    return aiosmtplib.SMTP(
        hostname=host,
        port=int(port),
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        tls_context=tls if encrypted else None,
    )


async def _end(client: aiosmtplib.SMTP) -> None:
    """End a session. The library's own end waits a minute, also for a server that answers no more."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=QUIT_TIMEOUT_S)
    finally:
        client.close()


def _classify_response(error: aiosmtplib.SMTPResponseException) -> SendOutcome:
    """What concerns us and not this message is temporary: another address would fail, too."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return TemporaryFailure(f"the mail server refuses our login ({error.code})")
        case aiosmtplib.SMTPSenderRefused():
            return TemporaryFailure(f"the mail server refuses our sender ({error.code})")
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return TemporaryFailure(f"the mail server refuses to talk to us ({error.code})")
    return _classify_reply(error.code, error.message)


def _classify_reply(code: int, reply: str) -> SendOutcome:
    # The text of a reply often repeats the address: only the codes are stored.
    reason = f"the mail server answered {code} {_enhanced_status(reply)}".rstrip()
    if 500 <= code < 600:
        return PermanentFailure(reason)
    # 421 is said to everybody: the server is closing.
    return TemporaryFailure(reason, is_refusal=400 <= code < 500 and code != _CLOSING)


def _enhanced_status(reply: str) -> str:
    """The enhanced status code (RFC 3463) at the beginning of a reply; empty where there is none."""
    first = reply.split(maxsplit=1)[0] if reply.strip() else ""
    return first if first.replace(".", "").isdigit() and first.count(".") == 2 else ""
