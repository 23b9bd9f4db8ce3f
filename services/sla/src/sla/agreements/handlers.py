"""Kafka in: contacts who have commented on agreements and are erased."""

from common.erasure import erase_contact_answers
from common.events.directory import ContactKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from sla.agreements.store import comments


async def on_commenting_contact(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Erase the words of a contact who is erased: comments, and answers that would be given again."""
    if received.event.erased:
        await comments.erase(tx, received.event.contact_id)
        await erase_contact_answers(tx, received.event.contact_id)
