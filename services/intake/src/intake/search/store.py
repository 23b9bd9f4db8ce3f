"""Documents of tickets: how they are made, and how they are searched."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    TextClause,
    Uuid,
    any_,
    case,
    delete,
    func,
    literal,
    select,
    text,
)

from common.persistence.database import Connection, asyncpg_connection
from intake.search.tables import ticket_documents

MAX_CHARS: Final = 200_000
"""Characters of a ticket that are searched for each audience; of more messages the newest."""
MAX_MESSAGES: Final = 500
MAX_TRANSACTIONS_BEHIND: Final = 10_000
"""Transactions that opened no ticket and are looked at again by each pass, at most."""
MANY: Final = 5_000
"""Found tickets from which on the newest of them are looked for among all tickets."""
LANGUAGES: Final = ("dutch", "english", "german")

_DELETE: Final = "DELETE FROM ticket_documents WHERE ticket_id = ANY ($1::uuid[])"
_INSERT: Final = f"""
INSERT INTO ticket_documents (ticket_id, audience, customer_id, words)
SELECT t.id, one.audience, t.customer_id, document_of(left(one.words, {MAX_CHARS}))
FROM tickets t
CROSS JOIN LATERAL (
    SELECT string_agg(text, E'\\n') FILTER (WHERE visibility = 'public') AS public,
        nullif(concat_ws(E'\\n', string_agg(text, E'\\n') FILTER (WHERE visibility = 'internal'),
            (SELECT left(symptoms, {MAX_CHARS}) FROM problems WHERE ticket_id = t.id)), '') AS notes
    FROM (SELECT left(text, {MAX_CHARS}) AS text, visibility FROM messages
        WHERE ticket_id = t.id ORDER BY id DESC LIMIT {MAX_MESSAGES}) newest) written
CROSS JOIN LATERAL (
    SELECT concat_ws(E'\\n', 'OPS-' || t.number, t.number, t.title, left(t.description, {MAX_CHARS}),
        t.resolution) AS words) own
CROSS JOIN LATERAL (
    SELECT CASE WHEN written.notes IS NULL THEN 'everybody' ELSE 'contacts' END AS audience,
        concat_ws(E'\\n', own.words, written.public) AS words
    UNION ALL
    SELECT 'staff', concat_ws(E'\\n', own.words, written.notes, written.public)
    WHERE written.notes IS NOT NULL) one
WHERE t.id = ANY ($1::uuid[])
"""
_FIND_PROGRESS: Final = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled,
    (SELECT system_identifier FROM pg_control_system()) AS present, xid, position, cluster
FROM indexed_openings
"""
_FIND_OPENED: Final = """
SELECT xid, position, substr(subject, 8)::uuid AS ticket_id FROM audit
WHERE xid >= $1 AND xid < $2 AND (xid, position) > ($1, $3) AND action = 'ticket.open'
ORDER BY xid, position LIMIT $4
"""
_SAVE_PROGRESS: Final = "UPDATE indexed_openings SET xid = $1, position = $2, cluster = $3"
_ADD_CHANGES: Final = "INSERT INTO document_changes (ticket_id) SELECT unnest($1::uuid[])"
_TAKE_CHANGES: Final = """
DELETE FROM document_changes WHERE id IN (
    SELECT id FROM document_changes ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING ticket_id
"""


def _settings(**values: str) -> TextClause:
    """Settings of PostgreSQL for the rest of the transaction."""
    return text("SELECT " + ", ".join(f"set_config('{n}', '{v}', true)" for n, v in values.items()))


# No estimate of the planner's knows what it takes to read a document: so it is not asked. An index of words is
# read by bitmaps alone.
_BY_INDEX_OF_WORDS: Final = _settings(
    plan_cache_mode="force_custom_plan",
    enable_seqscan="off",
    enable_indexscan="off",
    enable_indexonlyscan="off",
)
_AS_EVER: Final = _settings(enable_seqscan="on", enable_indexscan="on", enable_indexonlyscan="on")
_FROM_THE_NEWEST_ON: Final = _settings(
    enable_indexscan="on",
    enable_indexonlyscan="on",
    enable_bitmapscan="off",
    enable_hashjoin="off",
    enable_mergejoin="off",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Tickets that were opened, and up to where (transaction and position) these are all of them."""

    ids: tuple[UUID, ...]
    xid: int
    position: int
    cluster: int
    is_progress: bool


async def rebuild(tx: Connection, ids: Collection[UUID]) -> None:
    """Make the documents of these tickets again from what is stored."""
    connection = await asyncpg_connection(tx)
    await connection.execute(_DELETE, list(ids))
    await connection.execute(_INSERT, list(ids))


async def discard(tx: Connection, ids: Collection[UUID]) -> None:
    """Delete the documents of these tickets, whose words are erased; they are made again soon."""
    await tx.execute(delete(ticket_documents).where(ticket_documents.c.ticket_id.in_(ids)))


async def find_opened(tx: Connection, limit: int) -> Opened:
    """The next tickets that were opened since the last ones.

    Only transactions below the oldest one that still runs are looked at: none of them can add another.
    In another cluster their ids begin again, and so does this.
    """
    connection = await asyncpg_connection(tx)
    row = await connection.fetchrow(_FIND_PROGRESS)
    assert row is not None, "the migration makes it"
    is_same = row["cluster"] == row["present"]
    xid, position = (row["xid"], row["position"]) if is_same else (0, 0)
    rows = await connection.fetch(_FIND_OPENED, xid, row["settled"], position, limit)
    ids = tuple(one["ticket_id"] for one in rows)
    if len(rows) == limit:
        last = rows[-1]
        return Opened(ids, last["xid"], last["position"], row["present"], is_progress=True)
    # Not stored for nothing: that would be a transaction each second, and make the next one necessary.
    is_far = row["settled"] - xid > MAX_TRANSACTIONS_BEHIND
    is_progress = bool(rows) or is_far or not is_same
    return Opened(ids, row["settled"], 0, row["present"], is_progress)


async def save_progress(tx: Connection, opened: Opened) -> None:
    """Store up to where opened tickets are searched."""
    connection = await asyncpg_connection(tx)
    await connection.execute(_SAVE_PROGRESS, opened.xid, opened.position, opened.cluster)


async def add_changes(tx: Connection, ids: Collection[UUID]) -> None:
    """Put tickets on the list of those whose words changed."""
    connection = await asyncpg_connection(tx)
    await connection.execute(_ADD_CHANGES, list(ids))


async def take_changes(tx: Connection, limit: int) -> list[UUID]:
    """Take tickets whose words changed off the list, `limit` changes at most."""
    connection = await asyncpg_connection(tx)
    return [row["ticket_id"] for row in await connection.fetch(_TAKE_CHANGES, limit)]


async def matching(
    tx: Connection, id: ColumnElement[UUID], words: str, *, is_staff: bool
) -> ColumnElement[bool]:
    """The condition that the ticket with this id contains the words, in one of the three languages.

    `words` as in a web search: all of them, "in this order", one or another, -without. The answer may
    come from internal notes for staff alone; a contact finds what is of the own customer.

    Few tickets are read from the index of words. Where there are many, the newest of them are found by
    reading tickets from the newest on, and the transaction's settings see to that.
    """
    if not is_staff:
        found = func.documents_for_contact(_query(words)).column_valued("found")
        return id.in_(select(found))
    documents = ticket_documents.c
    query = select(documents.ticket_id).where(
        documents.audience.in_(["everybody", "staff"]), documents.words.op("@@")(_query(words))
    )
    await tx.execute(_BY_INDEX_OF_WORDS)
    few = await tx.scalar(_if_few(query))
    if few is not None:
        await tx.execute(_AS_EVER)
        return id == any_(literal(few, ARRAY(Uuid)))
    await tx.execute(_FROM_THE_NEWEST_ON)
    return id.in_(query)


def _if_few(query: Select[tuple[UUID]]) -> Select[tuple[list[UUID] | None]]:
    """The ids that a query finds, as one value: null where there are MANY."""
    some = query.limit(MANY).subquery()
    ids = func.coalesce(func.array_agg(some.c.ticket_id), literal([], ARRAY(Uuid)))
    return select(case((func.count() < MANY, ids))).select_from(some)


def _query(words: str) -> ColumnElement[str]:
    parts: list[ColumnElement[str]] = [
        func.websearch_to_tsquery(text(f"'pg_catalog.{language}'::regconfig"), words)
        for language in LANGUAGES
    ]
    return reduce(lambda one, other: one.op("||")(other), parts)
