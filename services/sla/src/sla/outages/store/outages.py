"""Outages and their records, which are only appended (R16)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Row,
    Select,
    Uuid,
    any_,
    bindparam,
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
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from sla.directory.tables import environments
from sla.outages.domain.outage import Outage, Record, Source
from sla.outages.domain.scope import Scope
from sla.outages.store.outage_records import MUTABLE_COLUMNS, insert_records
from sla.outages.tables import outage_records as records
from sla.outages.tables import outages


@dataclass(frozen=True, slots=True)
class OutageFilter:
    """Filters of a list; None: any.

    `customer_id`: its own outages, and those of all customers except of `hidden_services`.
    """

    customer_id: UUID | None = None
    hidden_services: Collection[str] = ()
    environment: str | None = None
    service: str | None = None
    state: Literal["open", "ended"] | None = None
    source: Source | None = None
    superseded: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


async def next_keys(tx: Connection, count: int) -> list[str]:
    """The keys of the next outages, such as `OUT-17`."""
    return await keys.next_keys(tx, "OUT", "outage_numbers", count)


async def lock_scope(tx: Connection, scope: Scope) -> None:
    """Lock a scope until the transaction ends, so that two reports at once make one outage."""
    name = f"{scope.customer_id}/{scope.environment}/{scope.service}"
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 8))))


async def add(tx: Connection, new: Sequence[tuple[Outage, Record]]) -> None:
    """Store new outages with their first records."""
    await tx.execute(insert(outages), [_values(outage) for outage, _ in new])
    await insert_records(tx, new)


async def save(tx: Connection, changed: Sequence[tuple[Outage, Record]]) -> None:
    """Store outages, each with its new record. Their rows are locked."""
    rows = [_values(outage) | {"outage_id": outage.id} for outage, _ in changed]
    await tx.execute(_SAVE, rows)
    await insert_records(tx, changed)


async def save_sequence(tx: Connection, outage: Outage) -> None:
    """Store the sequence of an event that changes nothing of the outage, whose row is locked."""
    statement = update(outages).where(outages.c.id == outage.id)
    await tx.execute(statement.values(sequence=outage.sequence))


async def lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[Outage]:
    """Lock the outages that meet a condition, in the order of ids, and return them."""
    query = _select().where(condition).order_by(outages.c.id).with_for_update(of=outages)
    return [_to_outage(row) for row in await tx.execute(query)]


async def get_for_update(tx: Connection, reference: str) -> Outage | None:
    """Lock the outage with this id or key and return it."""
    return next(iter(await lock_where(tx, by_id_or_key(outages, reference))), None)


async def lock_of_sources(
    tx: Connection, source: Source, source_ids: Collection[UUID]
) -> list[Outage]:
    """Lock the outages of alerts or tickets; a ticket that was reopened may have several."""
    of_these = outages.c.source_id == any_(bindparam("ids", list(source_ids), ARRAY(Uuid)))
    return await lock_where(tx, (outages.c.source == source) & of_these)


async def lock_open_of_tickets(tx: Connection, ticket_ids: Collection[UUID]) -> list[Outage]:
    """Lock the open outages that these tickets report themselves."""
    of_tickets = outages.c.ticket_id == any_(bindparam("ids", list(ticket_ids), ARRAY(Uuid)))
    return await lock_where(tx, of_tickets & (outages.c.source == "ticket") & IS_OPEN)


async def find_open(tx: Connection, scope: Scope) -> Outage | None:
    """Return the oldest open outage of this very scope."""
    query = (
        _select().where(*is_open_at(scope)).order_by(outages.c.started_at, outages.c.id).limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return _to_outage(row) if row else None


IS_OPEN = outages.c.ended_at.is_(None) & outages.c.counts


def is_open_at(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        outages.c.customer_id.is_not_distinct_from(scope.customer_id),
        outages.c.environment.is_not_distinct_from(scope.environment),
        outages.c.service.is_not_distinct_from(scope.service),
        IS_OPEN,
    ]


async def find(tx: Connection, reference: str) -> Outage | None:
    """Return the outage with this id or key."""
    row = (await tx.execute(_select().where(by_id_or_key(outages, reference)))).one_or_none()
    return _to_outage(row) if row else None


async def page(
    tx: Connection, filters: OutageFilter, limit: int, after: tuple[Any, ...] | None
) -> list[Outage]:
    """List up to `limit` + 1 outages, the newest first."""
    query, order = _select(), (outages.c.started_at.desc(), outages.c.id.desc())
    query = page_after(query.where(*_conditions(filters)), order, after, limit)
    return [_to_outage(row) for row in await tx.execute(query)]


def _conditions(filters: OutageFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        outages.c[name] == value
        for name in ("environment", "service", "source")
        if (value := getattr(filters, name)) is not None
    ]
    if filters.customer_id is not None:
        conditions.append(_visible_to(filters.customer_id, filters.hidden_services))
    if filters.state is not None:
        conditions.append(IS_OPEN if filters.state == "open" else outages.c.ended_at.is_not(None))
    if filters.superseded is not None:
        has_successor = outages.c.superseded_by.is_not(None)
        conditions.append(has_successor if filters.superseded else ~has_successor)
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
    """List the outages that count and touch `[start, end)`.

    Of these customers (None: of any), and of all customers together. `known_at`: as they were known
    then, without later corrections (A5).
    """
    table = outages if known_at is None else _as_known(known_at, customers)
    is_touching = table.c.counts & (table.c.until >= start) & (table.c.started_at < end)
    query = _select(table).where(is_touching)
    if customers is not None:
        of_customers = table.c.customer_id.in_(customers)
        query = query.where(or_(of_customers, table.c.customer_id.is_(None)))
    return [_to_outage(row) for row in await tx.execute(query)]


def _as_known(at: datetime, customers: Collection[UUID] | None) -> FromClause:
    """The table as of an instant: each outage by the last record that was known then."""
    newest_first = records.c.outage_id, records.c.ordinal.desc()
    query = select(records).where(records.c.known_at <= at).order_by(*newest_first)
    if customers is not None:
        of_customers = or_(outages.c.customer_id.in_(customers), outages.c.customer_id.is_(None))
        query = query.join(outages, outages.c.id == records.c.outage_id).where(of_customers)
    latest = query.ext(distinct_on(records.c.outage_id)).subquery()
    latest_columns = {name: latest.c[name] for name in MUTABLE_COLUMNS}
    unchanged = [name for name in (*_COLUMNS, *_SCOPE_COLUMNS) if name not in MUTABLE_COLUMNS]
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


_COLUMNS = (
    *MUTABLE_COLUMNS,
    "id",
    "key",
    "source",
    "source_id",
    "ticket_id",
    "sequence",
    "reason",
)
_SCOPE_COLUMNS = ("customer_id", "customer", "environment", "service")


def _values(outage: Outage) -> dict[str, Any]:
    own = {name: getattr(outage, name) for name in _COLUMNS}
    return own | {name: getattr(outage.scope, name) for name in _SCOPE_COLUMNS}


def _to_outage(row: Row[Any]) -> Outage:
    scope = Scope(row.customer_id, row.environment, row.service, row.tier, row.customer)
    return Outage(scope=scope, **{name: getattr(row, name) for name in _COLUMNS})


_SAVE = update(outages).where(outages.c.id == bindparam("outage_id"))
