"""Every query about drafts. Instants are real ones: a draft is as old as it is, whatever the simulated time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.retention import Retention
from console.drafts.tables import drafts

Kind = Literal["reply", "note", "new"]
KINDS: Final = frozenset({"reply", "note", "new"})
DRAFT_DAYS: Final = 14
MAX_DRAFTS: Final = 100
"""Drafts of one person; the oldest go."""
_FORGET_OLDEST: Final = text(
    "DELETE FROM drafts WHERE sub = :sub AND (kind, ref) IN"
    " (SELECT kind, ref FROM drafts WHERE sub = :sub ORDER BY saved_at DESC, kind, ref OFFSET :most)"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody began to write, saved at the real moment `saved_at`."""

    kind: str
    text: str
    saved_at: datetime


async def save(
    tx: Connection, sub: str, kind: Kind, ref: str, words: str, contact: UUID | None, at: datetime
) -> None:
    """Keep a draft in place of the one before; one without a word is thrown away."""
    if not words.strip():
        await throw_away(tx, sub, kind, ref)
        return
    values = {"text": words, "contact": contact, "saved_at": at}
    saved = insert(drafts).values(sub=sub, kind=kind, ref=ref, **values)
    keys = [drafts.c.sub, drafts.c.kind, drafts.c.ref]
    await tx.execute(saved.on_conflict_do_update(index_elements=keys, set_=values))
    await tx.execute(_FORGET_OLDEST, {"sub": sub, "most": MAX_DRAFTS})


async def throw_away(tx: Connection, sub: str, kind: str, ref: str) -> None:
    wanted = (drafts.c.sub == sub, drafts.c.kind == kind, drafts.c.ref == ref)
    await tx.execute(delete(drafts).where(*wanted))


async def find(tx: Connection, sub: str, ref: str) -> dict[str, Draft]:
    """Return what this person began to write about it, by kind."""
    query = select(drafts).where(drafts.c.sub == sub, drafts.c.ref == ref)
    rows = await tx.execute(query)
    return {row.kind: Draft(row.kind, row.text, row.saved_at) for row in rows}


async def erase_ticket(tx: Connection, key: str) -> None:
    """Throw away what anybody began to write on a ticket whose words were erased."""
    await tx.execute(delete(drafts).where(drafts.c.ref == key))


async def erase_contact(tx: Connection, contact: UUID) -> None:
    """Throw away what names a contact who was erased."""
    await tx.execute(delete(drafts).where(drafts.c.contact == contact))


RETENTION: Final = Retention(
    "drafts",
    text(
        """
        DELETE FROM drafts WHERE (sub, kind, ref) IN (
            SELECT sub, kind, ref FROM drafts WHERE saved_at <= :before
            ORDER BY saved_at LIMIT :rows FOR UPDATE SKIP LOCKED)
        """
    ),
    lambda settings: DRAFT_DAYS,
    "real",
)
