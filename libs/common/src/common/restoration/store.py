"""The table `lost_history`: subjects whose later events their sender does not know any more."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Connection
from common.restoration.lost_events import LostHistory


@dataclass(frozen=True, slots=True)
class LostSubject:
    """A subject with lost events, for people. `restored_sequence` is its event about the loss."""

    source: str
    subject: str
    name: str | None
    exists: bool
    stored_sequence: int
    published_sequence: int
    restored_sequence: int
    events: list[dict[str, Any]]
    found_at: datetime


_UPSERT = text(
    """
    INSERT INTO lost_history (source, subject, name, is_known, stored_sequence,
        published_sequence, restored_sequence, events)
    VALUES (:source, :subject, :name, :exists, :stored, :published, :restored,
        CAST(:events AS jsonb))
    ON CONFLICT (source, subject, restored_sequence) DO NOTHING
    """
)


async def add(tx: Connection, source: str, lost: LostHistory, restored_sequence: int) -> None:
    """Store what was lost of a subject; the same a second time changes nothing."""
    values = {
        "source": source,
        "subject": lost.subject,
        "name": lost.name,
        "exists": lost.exists,
        "stored": lost.stored_sequence,
        "published": lost.published_sequence,
        "restored": restored_sequence,
        "events": json.dumps([asdict(one) for one in lost.events]),
    }
    await tx.execute(_UPSERT, values)


async def restored_sequences(
    tx: Connection, source: str, subjects: Collection[str]
) -> dict[str, int]:
    """Return the sequences up to which losses of these subjects were dealt with before."""
    rows = await tx.execute(
        text(
            "SELECT subject, max(restored_sequence) AS sequence FROM lost_history"
            " WHERE source = :source AND subject = ANY(:subjects) GROUP BY subject"
        ).bindparams(bindparam("subjects", type_=ARRAY(Text))),
        {"source": source, "subjects": list(subjects)},
    )
    return {row.subject: row.sequence for row in rows}


async def list_lost(tx: Connection, limit: int = 1000) -> list[LostSubject]:
    """Return the subjects with lost events, the newest finding first."""
    rows = await tx.execute(
        text(
            "SELECT source, subject, name, is_known, stored_sequence, published_sequence,"
            " restored_sequence, events, found_at FROM lost_history"
            " ORDER BY found_at DESC, source, subject LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [LostSubject(*row) for row in rows]


async def first_sequence(tx: Connection, source: str, subject: str) -> int:
    """Return the sequence with which a new aggregate begins: 0, or the last one before it was lost.

    Only aggregates whose ids come from elsewhere can come into being a second time.
    """
    return (await restored_sequences(tx, source, [subject])).get(subject, 0)
