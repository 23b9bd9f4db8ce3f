"""Who does something, when, and in which transaction; and the lines of the audit trail about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common import audit
from common.audit import JSON
from common.auth import Caller
from common.persistence.database import Connection


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, by `sub`. `via_machine` is the machine that acts for them, if any."""

    sub: str
    via_machine: str | None = None


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
        actor = self.actor
        entry = audit.Entry(self.at, actor.sub, action, subject, grounds, actor.via_machine)
        await audit.record(self.tx, entry)


def actor_of(caller: Caller) -> Actor:
    """The caller of a route as the audit trail names them."""
    return Actor(caller.sub, caller.via_machine)
