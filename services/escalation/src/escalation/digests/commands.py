"""Remind people of something in the digest of their next day, and take that back."""

from datetime import datetime
from typing import Final

from common.persistence.database import Connection, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from escalation.digests import store as digests
from escalation.digests.domain import next_delivery
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT

DEADLINE_KIND: Final = "digest"
"""The kind of deadline at which a digest is sent. Subject: the digest."""


async def remind(tx: Connection, person: str, subject: str, line: str, at: datetime) -> None:
    """Let the next digest of a person say `line`, once however often it is asked for."""
    digest_id = await digests.lock(tx, person)
    await digests.put_item(tx, digest_id, subject, line, at)
    people = await directory.load_people(tx, {person})
    zone = people.get(person, people[FALLBACK_CONTACT]).zone
    due_at = next_delivery(zone, await transaction_time(tx))
    await schedule(tx, [Deadline(DEADLINE_KIND, digest_id, due_at)])


async def forget(tx: Connection, subject: str) -> None:
    """Remind nobody of a subject that is done."""
    await digests.drop_items(tx, subject)
