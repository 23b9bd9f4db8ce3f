"""Raw mails (RFC 822) as Acme's mail program writes them and the gateway hands them over."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from common.persistence.ids import uuid7

JAN = "Jan Bakker <jan@acme.example>"
DESK = "support@meridian.example"


def message_id() -> str:
    return f"<{uuid7().hex}@mail.acme.example>"


def mail(
    subject: str,
    text: str,
    at: datetime,
    own_id: str,
    *,
    answers: str | None = None,
    thread: tuple[str, ...] = (),
) -> bytes:
    """`answers` and `thread` are message ids; without them the mail begins a thread."""
    written = EmailMessage()
    written["From"] = JAN
    written["To"] = DESK
    written["Subject"] = subject
    written["Date"] = format_datetime(at)
    written["Message-ID"] = own_id
    if answers:
        written["In-Reply-To"] = answers
        written["References"] = " ".join((*thread, answers))
    written.set_content(text)
    return written.as_bytes()
