"""What stands in the headers of our mails: ids by which they are known again, text on one line."""

from typing import Final

OWN_ID_PREFIX: Final = "opsdesk."
"""The beginning of every Message-ID that OpsDesk gives to a mail, whatever its domain."""


def own_id(id: object, sender: str) -> str:
    """The message id, without brackets, of our mail `id` from this address: the same at each attempt."""
    return f"{OWN_ID_PREFIX}{id}@{sender.rpartition('@')[2]}"


def one_line(text: str) -> str:
    """The text without line breaks and control characters.

    A line break in a subject would begin a header of somebody else's choosing.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
