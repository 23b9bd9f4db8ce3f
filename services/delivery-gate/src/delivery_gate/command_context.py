"""Who does something, when, and in which transaction; and the lines of the audit trail about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common import audit
from common.audit import JSON
from common.domain import Actor
from common.persistence.database import Connection

SYSTEM: Final = Actor("opsdesk")
"""Acts where no person asked for it: when a timer fires or an event arrives."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """A command's transaction, who gave it, and the moment at which it is decided."""

    tx: Connection
    actor: Actor
    at: datetime

    async def audit(self, action: str, subject: str, **grounds: JSON) -> None:
        """Write a line of the audit trail about `subject` ("delivery/0192…")."""
        entry = audit.Entry.by(self.actor, self.at, action, subject, grounds)
        await audit.record(self.tx, entry)
