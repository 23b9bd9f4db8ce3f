"""Which files of an answer go along by mail, and what is said of those that do not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from common.domain.mail_headers import one_line

MAX_MAILED_BYTES: Final = 10 * 1024 * 1024
"""What the files of one mail have together at most: many servers refuse more than 20 MiB, and base64 adds a third."""

_LEFT_OUT: Final[Mapping[str, str]] = {
    "en": "Too large for an e-mail, ask us for it: {names}",
    "nl": "Te groot voor een e-mail, vraag ons ernaar: {names}",
    "de": "Zu groß für eine E-Mail, fragen Sie uns danach: {names}",
}


@dataclass(frozen=True, slots=True)
class MailedFile:
    """A file that goes along, with its bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FileToMail:
    """An uploaded file of an answer; `size` in bytes, `digest` as in the storage."""

    name: str
    media_type: str
    size: int
    digest: str


def choose(files: Sequence[FileToMail]) -> tuple[list[FileToMail], list[FileToMail]]:
    """Those that go along, in their order as long as they fit, and those that are too large."""
    along: list[FileToMail] = []
    too_large: list[FileToMail] = []
    total = 0
    for file in files:
        fits = total + file.size <= MAX_MAILED_BYTES
        total += file.size if fits else 0
        (along if fits else too_large).append(file)
    return along, too_large


def say_left_out(language: str, names: Sequence[str]) -> str:
    """The sentence about files that did not fit; English where the language is not known."""
    listed = ", ".join(one_line(name) for name in names)
    return _LEFT_OUT.get(language, _LEFT_OUT["en"]).format(names=listed)
