"""The message that is sent: its ids stay whole. Pure."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from typing import Any, Final


class MessageIds(UnstructuredHeader, BaseHeader):
    """A header of message ids, one on each line: Python would encode those that are long (RFC 2047)."""

    max_count = 1

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(self.split())}{policy.linesep}"


_REGISTRY: Final = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references"):
    _REGISTRY.map_to_type(_name, MessageIds)
_POLICY: Final = default.clone(header_factory=_REGISTRY)


def new_message() -> EmailMessage:
    """A message whose ids are sent as they are."""
    return EmailMessage(policy=_POLICY)
