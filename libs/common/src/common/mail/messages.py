"""The message that is sent: subjects and ids say what they were given, letter by letter. Pure.

Python reads encoded words (RFC 2047) in what is put into a header. A customer's title may contain one, and
in it a line break: it would begin a header, or the text, of the customer's choosing.
"""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from typing import Any, Final

MAX_PLAIN_WORD_CHARS: Final = 60
"""A longer word would make a line that is too long: it is encoded in pieces."""


class Verbatim(UnstructuredHeader, BaseHeader):
    """A header whose text is taken as it is: nothing in it is an encoded word."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"] = cls.value_parser("")
        kwds["decoded"] = value


class Subject(Verbatim):
    """Words in any language. What looks like an encoded word is encoded once more."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        header = Header(self, _charset_of(self), header_name=self.name)
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


class MessageIds(Verbatim):
    """A header of message ids, one on each line: Python would encode those that are long (RFC 2047)."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(self.split())}{policy.linesep}"


class _Headers(HeaderRegistry):
    """The classes of headers by name. Python's own makes a class anew for each header of each message."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = super().__getitem__(name)
        return found


_REGISTRY: Final = _Headers()
_REGISTRY.map_to_type("subject", Subject)
for _name in ("message-id", "in-reply-to", "references"):
    _REGISTRY.map_to_type(_name, MessageIds)
_POLICY: Final = default.clone(header_factory=_REGISTRY)


def new_message() -> EmailMessage:
    """A message whose subject and ids are sent as they are."""
    return EmailMessage(policy=_POLICY)


def _charset_of(text: str) -> str:
    is_plain = (
        text.isascii()
        and "=?" not in text
        and all(len(word) <= MAX_PLAIN_WORD_CHARS for word in text.split())
    )
    return "us-ascii" if is_plain else "utf-8"
