"""Read a mail's bytes into what a ticket needs of it. Pure; runs confined (see `mail_reader`).

What is returned is bounded: it is handed on to the service's own process.
"""

from dataclasses import dataclass, replace
from typing import Final

from intake.mail.domain.history import Answer
from intake.mail.domain.mail import Mail, parse_files, parse_head, parse_mail
from intake.mail.domain.parts import TOO_MANY_PARTS, File
from intake.mail.mail_text import read_words, split_text, tidy

NOT_READ: Final = "not read"
"""How the reason of a mail begins that could not be read as a whole."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail with its text and its safe HTML; `mail` itself has no `texts`.

    `text` is everything that is written, `answer` the same as new words and history. `not_read_because`
    is None for a mail that was read. Else it says why not, and text and headers are those of the mail's
    first bytes.
    """

    mail: Mail
    text: str
    answer: Answer
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
    """Read a whole mail. What is too long to be shown is attached as well."""
    mail = parse_mail(raw)
    words = read_words(mail)
    also = (_whole_text(mail).attachment,) if words.is_cut else ()
    bounded = replace(mail, texts=(), attachments=(*mail.attachments, *also))
    return ReadMail(bounded, words.text, split_text(mail, words.text), words.html)


def read_file(raw: bytes, digest: str) -> bytes | None:
    """The bytes of the file that the mail carries and that has this digest; None without one."""
    files = (*parse_files(raw), _whole_text(parse_mail(raw)))
    return next((file.data for file in files if file.attachment.digest == digest), None)


def read_beginning(raw: bytes, because: str) -> ReadMail:
    """Read the headers and the first lines of a mail that cannot be read as a whole, for `because`."""
    mail = parse_head(raw)
    text = tidy("\n".join(part.text for part in mail.texts))
    return ReadMail(replace(mail, texts=()), text, Answer(text), None, because)


def nothing_read(because: str) -> ReadMail:
    """A mail of which not even the beginning can be read."""
    blank = Mail(None, (), (), None, "", "", (), (), {})
    text = "(a mail that could not be read)"
    return ReadMail(blank, text, Answer(text), None, because)


def note_on_missing(read: ReadMail, mail_id: str) -> str | None:
    """What staff are told on the ticket of a mail that does not show everything; None where it does."""
    if read.not_read_because is not None:
        missing = f"This mail could not be read: {read.not_read_because}. Above stands its beginning, as it came"
    elif TOO_MANY_PARTS in read.mail.defects:
        missing = f"This mail has {TOO_MANY_PARTS}. Further texts and files are not on this ticket"
    else:
        return None
    return (
        f"{missing}; the whole mail is kept. Fetch it with GET /v1/emails/{mail_id}/raw, open it in a viewer that you"
        " trust, and add to the ticket what it says."
    )


def _whole_text(mail: Mail) -> File:
    """Everything that the mail's text parts say, in their own form."""
    is_html = any(part.kind == "html" for part in mail.texts)
    name, media_type = ("message.html", "text/html") if is_html else ("message.txt", "text/plain")
    return File(name, media_type, "\n\n".join(part.text for part in mail.texts).encode())
