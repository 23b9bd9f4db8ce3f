"""The link in a message by which its reader takes the case without signing in. Pure.

It names one message by its id and proves by a signature (HMAC with SHA-256) that we made it. A message is to one
person about one case, and its id is derived from both; so a link is good for nobody and nothing else. Every
spelling of it is checked: another one of the same bytes does not exist, since 48 bytes are 64 characters.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

VALID_FOR: Final = timedelta(hours=24)
"""How long after the time of its message a link holds."""
ID_BYTES: Final = 16
PATH: Final = "/ack/"
"""Where links lead on our own address; the signed part follows."""

_PURPOSE: Final = b"opsdesk acknowledge 1\0"
"""What is signed begins with it, so that nothing else that these keys may ever sign is such a link."""
_SIGNED: Final = re.compile(r"[A-Za-z0-9_-]{64}")


@dataclass(frozen=True, slots=True)
class AckSigner:
    """Signs by the first of its keys and accepts all of them, so that keys can change while links are out.

    Without any key there are no links: none is made, and none is accepted.
    """

    keys: Sequence[bytes] = field(repr=False)

    def sign(self, notification_id: UUID) -> str | None:
        """The signed part of the link in this message, 64 characters; None without a key."""
        if not self.keys:
            return None
        return urlsafe_b64encode(
            notification_id.bytes + _mac(self.keys[0], notification_id)
        ).decode()

    def verify(self, signed: str) -> UUID | None:
        """The message whose link it is; None where none of the keys has signed it."""
        if not _SIGNED.fullmatch(signed):
            return None
        raw = urlsafe_b64decode(signed)
        notification_id = UUID(bytes=raw[:ID_BYTES])
        given = raw[ID_BYTES:]
        matches = [hmac.compare_digest(_mac(key, notification_id), given) for key in self.keys]
        return notification_id if any(matches) else None


def _mac(key: bytes, notification_id: UUID) -> bytes:
    return hmac.digest(key, _PURPOSE + notification_id.bytes, "sha256")
