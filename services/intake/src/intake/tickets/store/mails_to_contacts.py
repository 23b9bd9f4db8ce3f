"""The mails about messages, as staff see them; `intake.outgoing` plans and sends them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection
from intake.tickets.domain.message import MailToContact
from intake.tickets.tables import outgoing_mails

_SHOWN = tuple(outgoing_mails.c[name] for name in MailToContact.__slots__)


async def of_messages(
    tx: Connection, ids: Collection[UUID]
) -> Mapping[UUID, Sequence[MailToContact]]:
    """The mails about these messages, by message, in the order in which they were planned."""
    found: dict[UUID, list[MailToContact]] = defaultdict(list)
    if ids:
        query = select(outgoing_mails.c.message_id, *_SHOWN)
        query = query.where(outgoing_mails.c.message_id.in_(ids))
        order = (outgoing_mails.c.planned_at, outgoing_mails.c.id)
        for message_id, *values in await tx.execute(query.order_by(*order)):
            found[message_id].append(MailToContact(*values))
    return found
