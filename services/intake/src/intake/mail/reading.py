"""Read a mail's bytes into what a ticket needs of it. Pure; runs confined (see `mail_reader`).

What is returned is bounded: it is handed on to the service's own process.
"""

from dataclasses import dataclass, replace
from typing import Final

from intake.mail.domain.mail import Mail, parse_head, parse_mail
from intake.mail.mail_text import extract_reply, safe_html, tidy

NOT_READ: Final = "not read"
"""How the reason of a mail begins that could not be read as a whole."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail with its text and its safe HTML; `mail` itself has neither `plain` nor `html`.

    `not_read_because` is None for a mail that was read. Else it says why not, and text and headers
    are those of the mail's first bytes.
    """

    mail: Mail
    text: str
    html: str | None = None
    not_read_because: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether the mail was read as a whole."""
        return self.not_read_because is None

    @property
    def reason(self) -> str | None:
        """What could not be read, in one line; None where everything was."""
        if self.not_read_because is not None:
            return f"{NOT_READ}: {self.not_read_because}"
        return "; ".join(self.mail.defects) or None


def read(raw: bytes) -> ReadMail:
    """Read a whole mail."""
    mail = parse_mail(raw)
    return ReadMail(_without_texts(mail), extract_reply(mail), safe_html(mail.html))


def read_beginning(raw: bytes, because: str) -> ReadMail:
    """Read the headers and the first lines of a mail that cannot be read as a whole, for `because`."""
    mail = parse_head(raw)
    return ReadMail(_without_texts(mail), tidy(mail.plain or ""), None, because)


def nothing_read(because: str) -> ReadMail:
    """A mail of which not even the beginning can be read."""
    blank = Mail(None, (), (), None, "", "", None, None, (), {})
    return ReadMail(blank, "(a mail that could not be read)", None, because)


def note_on_unread(because: str, mail_id: str) -> str:
    """What staff are told on the ticket of a mail that could not be read."""
    return (
        f"This mail could not be read: {because}. Above stands its beginning, as it came; the whole"
        f" mail is kept. Fetch it with GET /v1/emails/{mail_id}/raw, open it in a viewer that you"
        " trust, and add to the ticket what it says."
    )


def _without_texts(mail: Mail) -> Mail:
    return replace(mail, plain=None, html=None)
