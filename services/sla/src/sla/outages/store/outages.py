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
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from sla.directory.tables import environments
from sla.outages.domain.outage import Outage, Record, Source
from sla.outages.domain.scope import Place
from sla.outages.tables import outage_records as records
from sla.outages.tables import outages


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is narrowed to. With a customer's own come the outages of everybody, but for
    those of services that only `others` have."""

    customer_id: UUID | None = None
    others: Collection[str] = ()
    environment: str | None = None
    service: str | None = None
    state: Literal["open", "ended"] | None = None
    source: Source | None = None
    since: datetime | None = None
    until: datetime | None = None


async def next_key(tx: Connection) -> str:
    """What people call the next outage: `OUT-17`."""
    number = await tx.scalar(text("SELECT nextval('outage_numbers')"))
    return f"OUT-{number}"


async def lock_place(tx: Connection, place: Place) -> None:
    """Hold a place until the end: two people who report it at once make one outage."""
    name = f"{place.customer_id}/{place.environment}/{place.service}"
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 8))))


async def add(tx: Connection, outage: Outage, record: Record) -> None:
    await tx.execute(insert(outages).values(_values(outage)))
    await _record(tx, outage.id, record)


async def save(tx: Connection, outage: Outage, record: Record) -> None:
    """Keep how it stands now, and what was said. The outage's row is locked."""
    await tx.execute(update(outages).where(outages.c.id == outage.id).values(_values(outage)))
    await _record(tx, outage.id, record)


async def _record(tx: Connection, outage_id: UUID, record: Record) -> None:
    said = {name: getattr(record, name) for name in _SAID}
    await tx.execute(insert(records).values(outage_id=outage_id, created_by=record.by, **said))


async def lock(tx: Connection, wanted: ColumnElement[bool]) -> list[Outage]:
    """The outages that meet a condition, locked in the order of their ids."""
    found = _all().where(wanted).order_by(outages.c.id).with_for_update(of=outages)
    return [_outage(row) for row in await tx.execute(found)]


async def lock_one(tx: Connection, id_or_key: UUID | str) -> Outage | None:
    return next(iter(await lock(tx, _named(id_or_key))), None)


async def lock_of_source(tx: Connection, source: Source, source_id: UUID) -> list[Outage]:
    """What an alert or a ticket said of: one outage, of a ticket that was reopened several."""
    return await lock(tx, (outages.c.source == source) & (outages.c.source_id == source_id))


async def lock_open_of_ticket(tx: Connection, ticket_id: UUID) -> list[Outage]:
    """All open outages that belong to a ticket, whoever said so."""
    mine = outages.c.ticket_id == ticket_id
    return await lock(tx, mine & _LASTING)


async def open_at(tx: Connection, place: Place) -> Outage | None:
    """An outage of this very place that lasts still; the oldest one."""
    oldest = _all().where(*_lasting_at(place)).order_by(outages.c.started_at, outages.c.id).limit(1)
    row = (await tx.execute(oldest)).one_or_none()
    return _outage(row) if row else None


async def count_open(tx: Connection, place: Place, but: UUID) -> int:
    """How many other outages of this very place last still."""
    others = select(func.count()).where(*_lasting_at(place), outages.c.id != but)
    return await tx.scalar(others) or 0


async def open_now(tx: Connection) -> list[Outage]:
    """All that last still."""
    return [_outage(row) for row in await tx.execute(_all().where(_LASTING))]


_LASTING = outages.c.ended_at.is_(None) & outages.c.counts


def _lasting_at(place: Place) -> list[ColumnElement[bool]]:
    return [
        outages.c.customer_id.is_not_distinct_from(place.customer_id),
        outages.c.environment.is_not_distinct_from(place.environment),
        outages.c.service.is_not_distinct_from(place.service),
        _LASTING,
    ]


async def find(tx: Connection, id_or_key: UUID | str) -> Outage | None:
    row = (await tx.execute(_all().where(_named(id_or_key)))).one_or_none()
    return _outage(row) if row else None


async def history(tx: Connection, outage_id: UUID) -> list[Record]:
    """All that was said of an outage, in order."""
    mine = select(records).where(records.c.outage_id == outage_id).order_by(records.c.ordinal)
    return [_record_of(row) for row in await tx.execute(mine)]


async def page(
    tx: Connection, sought: Sought, limit: int, after: tuple[datetime, UUID] | None
) -> list[Outage]:
    """Up to `limit` + 1 outages, the newest first."""
    newest = (
        _all().where(*_sought(sought)).order_by(outages.c.started_at.desc(), outages.c.id.desc())
    )
    if after is not None:
        at, id = after
        same = (outages.c.started_at == at) & (outages.c.id < id)
        newest = newest.where((outages.c.started_at < at) | same)
    return [_outage(row) for row in await tx.execute(newest.limit(limit + 1))]


def _sought(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        outages.c[name] == value
        for name in ("environment", "service", "source")
        if (value := getattr(sought, name)) is not None
    ]
    if sought.customer_id is not None:
        wanted.append(_theirs(sought.customer_id, sought.others))
    if sought.state is not None:
        wanted.append(_LASTING if sought.state == "open" else outages.c.ended_at.is_not(None))
    if sought.since is not None:
        wanted.append(outages.c.started_at >= sought.since)
    if sought.until is not None:
        wanted.append(outages.c.started_at < sought.until)
    return wanted


def _theirs(customer_id: UUID, others: Collection[str]) -> ColumnElement[bool]:
    service = outages.c.service
    theirs = or_(service.is_(None), service.not_in(others)) if others else true()
    return or_(outages.c.customer_id == customer_id, outages.c.customer_id.is_(None) & theirs)


async def touching(
    tx: Connection,
    customers: Collection[UUID] | None,
    start: datetime,
    end: datetime,
    known_at: datetime | None = None,
) -> list[Outage]:
    """What counts and touches `[start, end)`: of these customers and of everybody; None: of all.

    `known_at`: as it was known then, whatever was corrected since (A5).
    """
    stood = outages if known_at is None else _as_known(known_at, customers)
    touches = stood.c.counts & (stood.c.until >= start) & (stood.c.started_at < end)
    found = _all(stood).where(touches)
    if customers is not None:
        theirs = stood.c.customer_id.in_(customers)
        found = found.where(or_(theirs, stood.c.customer_id.is_(None)))
    return [_outage(row) for row in await tx.execute(found)]


def _as_known(at: datetime, customers: Collection[UUID] | None) -> FromClause:
    """The table as it stood: each outage by the last record that was known at that moment."""
    newest = records.c.outage_id, records.c.ordinal.desc()
    heard = select(records).where(records.c.known_at <= at).order_by(*newest)
    if customers is not None:
        theirs = or_(outages.c.customer_id.in_(customers), outages.c.customer_id.is_(None))
        heard = heard.join(outages, outages.c.id == records.c.outage_id).where(theirs)
    last = heard.ext(distinct_on(records.c.outage_id)).subquery()
    then = {name: last.c[name] for name in _CHANGING}
    same = {name: outages.c[name] for name in (*_OWN, *_PLACE) if name not in _CHANGING}
    until = func.coalesce(last.c.ended_at, literal_column("'infinity'")).label("until")
    return (
        select(*then.values(), *same.values(), until)
        .join_from(outages, last, last.c.outage_id == outages.c.id)
        .subquery()
    )


def _all(stood: FromClause = outages) -> Select[Any]:
    columns = [stood.c[name] for name in (*_OWN, *_PLACE)]
    tier = environments.c.key == stood.c.environment
    return select(*columns, environments.c.tier).join_from(stood, environments, tier, isouter=True)


def _named(id_or_key: UUID | str) -> ColumnElement[bool]:
    if isinstance(id_or_key, UUID):
        return outages.c.id == id_or_key
    return outages.c.key == id_or_key


_CHANGING = ("effect", "started_at", "ended_at", "counts", "ordinal")
_OWN = (*_CHANGING, "id", "key", "source", "source_id", "ticket_id", "sequence")
_PLACE = ("customer_id", "customer", "environment", "service")
_SAID = (*_CHANGING, "kind", "known_at", "confirmed_by", "reason")


def _values(outage: Outage) -> dict[str, Any]:
    own = {name: getattr(outage, name) for name in _OWN}
    return own | {name: getattr(outage.place, name) for name in _PLACE}


def _outage(row: Row[Any]) -> Outage:
    place = Place(row.customer_id, row.environment, row.service, row.tier, row.customer)
    return Outage(place=place, **{name: getattr(row, name) for name in _OWN})


def _record_of(row: Row[Any]) -> Record:
    return Record(by=row.created_by, **{name: getattr(row, name) for name in _SAID})
