"""Every query about who has read personal data."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Text, bindparam, select, text

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.reads.tables import personal_data_reads as reads

_ADD: Final = text(
    """
    INSERT INTO personal_data_reads (subject, who, hour)
    SELECT subject, who, date_trunc('hour', intake.now(), 'UTC')
    FROM unnest(CAST(:subjects AS text[]), CAST(:people AS text[])) AS given (subject, who)
    ORDER BY subject, who
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("subjects", type_=ARRAY(Text)), bindparam("people", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Read:
    """`who` (a `sub`) has read `subject` ("ticket/0192…", "contact/…", "mail/…") in the hour that begins then."""

    subject: str
    who: str
    hour: datetime


async def add(tx: Connection, seen: Collection[tuple[str, str]]) -> None:
    """Store who has read what in this hour, as (subject, who); what is stored already stays."""
    subjects, people = [one[0] for one in seen], [one[1] for one in seen]
    await tx.execute(_ADD, {"subjects": subjects, "people": people})


async def page(
    tx: Connection,
    *,
    subject: str | None,
    who: str | None,
    after: tuple[datetime, str, str] | None,
    limit: int,
) -> Sequence[Read]:
    """Reads of a subject, by a person, or both, the newest first: `limit` and one more."""
    query = select(reads)
    if subject is not None:
        query = query.where(reads.c.subject == subject)
    if who is not None:
        query = query.where(reads.c.who == who)
    order = [reads.c.hour.desc(), reads.c.subject.desc(), reads.c.who.desc()]
    rows = await tx.execute(page_after(query, order, after, limit))
    return [Read(**row._mapping) for row in rows]
