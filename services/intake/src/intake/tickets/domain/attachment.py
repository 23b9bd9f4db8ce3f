"""Files that messages carry. Pure, and imported by what reads mails confined: it imports nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """The name and type of a file, as its sender gives them.

    `size` is in bytes after decoding, `digest` their SHA-256 in hexadecimal, by which they are found again.
    """

    name: str
    media_type: str
    size: int
    digest: str
