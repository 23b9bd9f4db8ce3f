"""Raw mails (RFC 822) as the mail gateway delivers them."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from common.persistence.ids import uuid7

JAN = "Jan Bakker <jan@acme.example>"
SUPPORT_ADDRESS = "support@meridian.example"


def message_id() -> str:
    return f"<{uuid7().hex}@mail.acme.example>"


def build_mail(
    subject: str,
    text: str,
    at: datetime,
    own_id: str,
    *,
    answers: str | None = None,
    thread: tuple[str, ...] = (),
) -> bytes:
    """Build a mail of jan. `answers` and `thread` are message ids; without them it begins a thread."""
    message = EmailMessage()
    message["From"] = JAN
    message["To"] = SUPPORT_ADDRESS
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = own_id
    if answers:
        message["In-Reply-To"] = answers
        message["References"] = " ".join((*thread, answers))
    message.set_content(text)
    return message.as_bytes()
