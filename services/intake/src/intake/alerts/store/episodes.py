"""Every query about the episodes of alerts."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, Uuid, any_, bindparam, select, text

from common.persistence.bulk import Columns, execute_many, upsert_sql
from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.alerts.domain.episode import FLAPPING_STARTS, FLAPPING_WINDOW, Episode
from intake.alerts.domain.known import Key
from intake.alerts.tables import alerts
from intake.directory.tables import customers, environments

_JOINED: Final[Select[Any]] = select(
    alerts, customers.c.key.label("customer"), environments.c.key.label("environment")
).select_from(
    alerts.outerjoin(customers, customers.c.id == alerts.c.customer_id).outerjoin(
        environments, environments.c.id == alerts.c.environment_id
    )
)
_COLUMNS: Final[Columns] = {
    "id": "uuid",
    "monitor": "text",
    "source": "text",
    "dedup_key": "text",
    "group_key": "text",
    "scope": "text",
    "title": "text",
    "severity": "text",
    "priority": "text",
    "service": "text",
    "customer_id": "uuid",
    "environment_id": "uuid",
    "ticket_id": "uuid",
    "started_at": "timestamptz",
    "received_at": "timestamptz",
    "last_seen_at": "timestamptz",
    "times": "bigint",
    "needs_quiet": "boolean",
    "end_reported_at": "timestamptz",
    "ended_at": "timestamptz",
    "sequence": "bigint",
}
_UPSERT: Final = upsert_sql("alerts", _COLUMNS)
_NEWEST: Final = text(
    f"""
    SELECT newest.id, recent.starts
    FROM unnest(:sources, :keys) AS given (source, dedup_key)
    CROSS JOIN LATERAL (
        SELECT id FROM alerts
        WHERE monitor = :monitor AND source = given.source AND dedup_key = given.dedup_key
        ORDER BY id DESC LIMIT 1 FOR UPDATE) AS newest
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE received_at > :since) AS starts FROM (
            SELECT received_at FROM alerts
            WHERE monitor = :monitor AND source = given.source AND dedup_key = given.dedup_key
            ORDER BY id DESC LIMIT {FLAPPING_STARTS}) AS last) AS recent
    """
).bindparams(bindparam("sources", type_=ARRAY(Text)), bindparam("keys", type_=ARRAY(Text)))
_ALL_ENDED: Final = text(
    """
    SELECT ticket_id FROM unnest(:tickets) AS given (ticket_id)
    WHERE NOT EXISTS (
        SELECT FROM alerts WHERE alerts.ticket_id = given.ticket_id AND alerts.ended_at IS NULL)
    """
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))


async def lock_newest(
    tx: Connection, monitor: str, keys: Collection[Key], at: datetime
) -> list[tuple[Episode, int]]:
    """The newest episode of each of these alerts (source and key), locked, with how often it started before `at`.

    Starts are counted within the last hour, and no further than to what counts as flapping.
    """
    parameters = {
        "monitor": monitor,
        "sources": [source for source, _ in keys],
        "keys": [key for _, key in keys],
        "since": at - FLAPPING_WINDOW,
    }
    starts = {row.id: row.starts for row in await tx.execute(_NEWEST, parameters)}
    return [(one, starts[one.id]) for one in await by_ids(tx, starts)]


async def by_ids(tx: Connection, ids: Collection[UUID]) -> list[Episode]:
    """The episodes with these ids."""
    any_id = bindparam("ids", list(ids), type_=ARRAY(Uuid))
    rows = await tx.execute(_JOINED.where(alerts.c.id == any_(any_id)))
    return [Episode(**row._mapping) for row in rows]


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the episodes that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, alerts.c.id, ids)


async def save(tx: Connection, episodes: Collection[Episode]) -> None:
    """Store new and changed episodes with one statement, in this order."""
    rows = [tuple(getattr(one, name) for name in _COLUMNS) for one in episodes]
    await execute_many(tx, _UPSERT, rows)


async def tickets_without_firing(tx: Connection, tickets: Collection[UUID]) -> set[UUID]:
    """Those of these tickets none of whose alerts fires any more."""
    rows = await tx.execute(_ALL_ENDED, {"tickets": list(tickets)})
    return {row.ticket_id for row in rows}


async def page(
    tx: Connection,
    ticket_id: UUID | None,
    is_firing: bool | None,
    after: tuple[UUID] | None,
    limit: int,
) -> Sequence[Episode]:
    """Episodes, newest first, behind the id `after`: `limit` and one more; None means any."""
    query = _JOINED
    if ticket_id is not None:
        query = query.where(alerts.c.ticket_id == ticket_id)
    if is_firing is not None:
        is_open = alerts.c.ended_at.is_(None)
        query = query.where(is_open if is_firing else ~is_open)
    rows = await tx.execute(page_after(query, [alerts.c.id.desc()], after, limit))
    return [Episode(**row._mapping) for row in rows]


assert {one.name for one in fields(Episode)} == {*_COLUMNS, "customer", "environment"}
