"""Outages and their records. What was said of them is only ever added (R16).

`sla.outages.store.availability` makes figures of them; here are the rows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence import keys
from common.persistence.database import Connection
from sla.directory.tables import environments
from sla.outages.domain.outage import Outage, Record, Source
from sla.outages.domain.scope import Scope
from sla.outages.tables import outage_records as records
from sla.outages.tables import outages


@dataclass(frozen=True, slots=True)
class OutageFilter:
    """Filters of a list. A customer sees the own outages and everybody's, but `hidden_services`."""

    customer_id: UUID | None = None
    hidden_services: Collection[str] = ()
    environment: str | None = None
    service: str | None = None
    state: Literal["open", "ended"] | None = None
    source: Source | None = None
    since: datetime | None = None
    until: datetime | None = None


async def next_key(tx: Connection) -> str:
    """What people call the next outage: `OUT-17`."""
    return await keys.next_key(tx, "OUT", "outage_numbers")


async def lock_scope(tx: Connection, scope: Scope) -> None:
    """Hold a place until the end: two people who report it at once make one outage."""
    name = f"{scope.customer_id}/{scope.environment}/{scope.service}"
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 8))))


async def add(tx: Connection, outage: Outage, record: Record) -> None:
    await tx.execute(insert(outages).values(_values(outage)))
    await _insert_record(tx, outage.id, record)


async def save(tx: Connection, outage: Outage, record: Record) -> None:
    """Keep how it stands now, and what was said. The outage's row is locked."""
    await tx.execute(update(outages).where(outages.c.id == outage.id).values(_values(outage)))
    await _insert_record(tx, outage.id, record)


async def _insert_record(tx: Connection, outage_id: UUID, record: Record) -> None:
    columns = {name: getattr(record, name) for name in _RECORD_COLUMNS}
    await tx.execute(insert(records).values(outage_id=outage_id, created_by=record.by, **columns))


async def lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[Outage]:
    """The outages that meet a condition, locked in the order of their ids."""
    query = _select().where(condition).order_by(outages.c.id).with_for_update(of=outages)
    return [_to_outage(row) for row in await tx.execute(query)]


async def get_for_update(tx: Connection, id_or_key: UUID | str) -> Outage | None:
    return next(iter(await lock_where(tx, _by_id_or_key(id_or_key))), None)


async def lock_of_source(tx: Connection, source: Source, source_id: UUID) -> list[Outage]:
    """What an alert or a ticket said of: one outage, of a ticket that was reopened several."""
    return await lock_where(tx, (outages.c.source == source) & (outages.c.source_id == source_id))


async def lock_open_of_ticket(tx: Connection, ticket_id: UUID) -> list[Outage]:
    """All open outages that belong to a ticket, whoever said so."""
    of_ticket = outages.c.ticket_id == ticket_id
    return await lock_where(tx, of_ticket & _IS_OPEN)


async def find_open(tx: Connection, scope: Scope) -> Outage | None:
    """An outage of this very place that lasts still; the oldest one."""
    query = (
        _select().where(*_is_open_at(scope)).order_by(outages.c.started_at, outages.c.id).limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return _to_outage(row) if row else None


async def count_open(tx: Connection, scope: Scope, excluded_id: UUID) -> int:
    """How many other outages of this very place last still."""
    query = select(func.count()).where(*_is_open_at(scope), outages.c.id != excluded_id)
    return await tx.scalar(query) or 0


async def list_open(tx: Connection) -> list[Outage]:
    """All that last still."""
    return [_to_outage(row) for row in await tx.execute(_select().where(_IS_OPEN))]


_IS_OPEN = outages.c.ended_at.is_(None) & outages.c.counts


def _is_open_at(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        outages.c.customer_id.is_not_distinct_from(scope.customer_id),
        outages.c.environment.is_not_distinct_from(scope.environment),
        outages.c.service.is_not_distinct_from(scope.service),
        _IS_OPEN,
    ]


async def find(tx: Connection, id_or_key: UUID | str) -> Outage | None:
    row = (await tx.execute(_select().where(_by_id_or_key(id_or_key)))).one_or_none()
    return _to_outage(row) if row else None


async def list_records(tx: Connection, outage_id: UUID) -> list[Record]:
    """All that was said of an outage, in order."""
    query = select(records).where(records.c.outage_id == outage_id).order_by(records.c.ordinal)
    return [_to_record(row) for row in await tx.execute(query)]


async def page(
    tx: Connection, filters: OutageFilter, limit: int, after: tuple[datetime, UUID] | None
) -> list[Outage]:
    """Up to `limit` + 1 outages, the newest first."""
    query = (
        _select()
        .where(*_conditions(filters))
        .order_by(outages.c.started_at.desc(), outages.c.id.desc())
    )
    if after is not None:
        at, id = after
        same_start = (outages.c.started_at == at) & (outages.c.id < id)
        query = query.where((outages.c.started_at < at) | same_start)
    return [_to_outage(row) for row in await tx.execute(query.limit(limit + 1))]


def _conditions(filters: OutageFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        outages.c[name] == value
        for name in ("environment", "service", "source")
        if (value := getattr(filters, name)) is not None
    ]
    if filters.customer_id is not None:
        conditions.append(_visible_to(filters.customer_id, filters.hidden_services))
    if filters.state is not None:
        conditions.append(_IS_OPEN if filters.state == "open" else outages.c.ended_at.is_not(None))
    if filters.since is not None:
        conditions.append(outages.c.started_at >= filters.since)
    if filters.until is not None:
        conditions.append(outages.c.started_at < filters.until)
    return conditions


def _visible_to(customer_id: UUID, hidden_services: Collection[str]) -> ColumnElement[bool]:
    service = outages.c.service
    not_hidden = (
        or_(service.is_(None), service.not_in(hidden_services)) if hidden_services else true()
    )
    return or_(outages.c.customer_id == customer_id, outages.c.customer_id.is_(None) & not_hidden)


async def list_touching(
    tx: Connection,
    customers: Collection[UUID] | None,
    start: datetime,
    end: datetime,
    known_at: datetime | None = None,
) -> list[Outage]:
    """What counts and touches `[start, end)`: of these customers and of everybody; None: of all.

    `known_at`: as it was known then, whatever was corrected since (A5).
    """
    table = outages if known_at is None else _as_known(known_at, customers)
    is_touching = table.c.counts & (table.c.until >= start) & (table.c.started_at < end)
    query = _select(table).where(is_touching)
    if customers is not None:
        of_customers = table.c.customer_id.in_(customers)
        query = query.where(or_(of_customers, table.c.customer_id.is_(None)))
    return [_to_outage(row) for row in await tx.execute(query)]


def _as_known(at: datetime, customers: Collection[UUID] | None) -> FromClause:
    """The table as it stood: each outage by the last record that was known at that moment."""
    newest_first = records.c.outage_id, records.c.ordinal.desc()
    query = select(records).where(records.c.known_at <= at).order_by(*newest_first)
    if customers is not None:
        of_customers = or_(outages.c.customer_id.in_(customers), outages.c.customer_id.is_(None))
        query = query.join(outages, outages.c.id == records.c.outage_id).where(of_customers)
    latest = query.ext(distinct_on(records.c.outage_id)).subquery()
    latest_columns = {name: latest.c[name] for name in _MUTABLE_COLUMNS}
    unchanged = [name for name in (*_COLUMNS, *_SCOPE_COLUMNS) if name not in _MUTABLE_COLUMNS]
    unchanged_columns = [outages.c[name] for name in unchanged]
    until = func.coalesce(latest.c.ended_at, literal_column("'infinity'")).label("until")
    return (
        select(*latest_columns.values(), *unchanged_columns, until)
        .join_from(outages, latest, latest.c.outage_id == outages.c.id)
        .subquery()
    )


def _select(table: FromClause = outages) -> Select[Any]:
    columns = [table.c[name] for name in (*_COLUMNS, *_SCOPE_COLUMNS)]
    tier = environments.c.key == table.c.environment
    return select(*columns, environments.c.tier).join_from(table, environments, tier, isouter=True)


def _by_id_or_key(id_or_key: UUID | str) -> ColumnElement[bool]:
    if isinstance(id_or_key, UUID):
        return outages.c.id == id_or_key
    return outages.c.key == id_or_key


_MUTABLE_COLUMNS = ("effect", "started_at", "ended_at", "counts", "ordinal")
_COLUMNS = (*_MUTABLE_COLUMNS, "id", "key", "source", "source_id", "ticket_id", "sequence")
_SCOPE_COLUMNS = ("customer_id", "customer", "environment", "service")
_RECORD_COLUMNS = (*_MUTABLE_COLUMNS, "kind", "known_at", "confirmed_by", "reason")


def _values(outage: Outage) -> dict[str, Any]:
    own = {name: getattr(outage, name) for name in _COLUMNS}
    return own | {name: getattr(outage.scope, name) for name in _SCOPE_COLUMNS}


def _to_outage(row: Row[Any]) -> Outage:
    scope = Scope(row.customer_id, row.environment, row.service, row.tier, row.customer)
    return Outage(scope=scope, **{name: getattr(row, name) for name in _COLUMNS})


def _to_record(row: Row[Any]) -> Record:
    return Record(by=row.created_by, **{name: getattr(row, name) for name in _RECORD_COLUMNS})
