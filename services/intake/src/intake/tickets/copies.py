"""Copy messages to another ticket of the same customer: the original stays where it was written.

A copy has the words, the author, the moment, the files and the mail of the original, and names it. It is
never mailed again.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages


async def copy_messages(
    tx: Connection, source: Ticket, chosen: Sequence[Message], asked: Collection[UUID], to: UUID
) -> list[Message]:
    """Copy these messages of `source` to the ticket `to`; the copies.

    Raises ValidationFailed where one of those that were asked for is not on the ticket.
    """
    check_all_found(source, chosen, asked)
    return [
        await messages.add(
            tx, replace(one, id=uuid7(), ticket_id=to, copied_from=one.id, mailing=None)
        )
        for one in chosen
    ]


def check_all_found(source: Ticket, chosen: Sequence[Message], asked: Collection[UUID]) -> None:
    """Raise ValidationFailed for each message that was asked for and is not on the ticket."""
    known = {one.id for one in chosen}
    missing = [
        Violation(f"/messages/{number}", "unknown_reference", f"{source.key} has no message {id}")
        for number, id in enumerate(asked)
        if id not in known
    ]
    if missing:
        raise ValidationFailed(missing)
