"""Booked work: appended, also where it is corrected, and added up per month and agreement."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.tables import agreement_versions
from sla.clocks.ticket_tables import tickets
from sla.time_entries.tables import hours_accounts, work

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Some minutes of a person's work on a ticket. A correction holds the difference."""

    id: UUID
    key: str
    ticket_id: UUID
    customer_id: UUID
    agreement_id: UUID | None
    person: str
    minutes: int
    day: date
    rate: str
    corrects: UUID | None
    reason: str | None
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReservedHoursAccount:
    """The reserved hours of one month. Whoever records work holds its row."""

    id: UUID
    agreement_id: UUID
    customer_id: UUID
    month: date
    warned_at: datetime | None
    sequence: int


async def next_key(tx: Connection) -> str:
    """What people call the next record: `WRK-17`."""
    number = await tx.scalar(text("SELECT nextval('work_numbers')"))
    return f"WRK-{number}"


async def find_agreement_id(tx: Connection, ticket_id: UUID) -> UUID | None:
    """The agreement (not its version) that covers a ticket."""
    v = agreement_versions
    covering = select(v.c.agreement_id).join(tickets, tickets.c.agreement_version == v.c.id)
    agreement_id: UUID | None = await tx.scalar(covering.where(tickets.c.id == ticket_id))
    return agreement_id


async def lock_account(
    tx: Connection, agreement_id: UUID, customer_id: UUID, day: date
) -> ReservedHoursAccount:
    """The account of the month of `day`, made where it is the first, and locked."""
    a, month = hours_accounts, day.replace(day=1)
    keys = {"agreement_id": agreement_id, "customer_id": customer_id, "month": month}
    await tx.execute(upsert(a).values(id=uuid7(), **keys, sequence=0).on_conflict_do_nothing())
    query = select(a).filter_by(**keys).with_for_update()
    return ReservedHoursAccount(**(await tx.execute(query)).one()._mapping)


async def mark_warned(tx: Connection, account: ReservedHoursAccount, at: datetime) -> int:
    """Keep that the month's warning was told; the account's new sequence."""
    a = hours_accounts
    statement = (
        update(a).where(a.c.id == account.id).values(warned_at=at, sequence=a.c.sequence + 1)
    )
    return int((await tx.execute(statement.returning(a.c.sequence))).scalar_one())


async def lock(tx: Connection, id: UUID) -> None:
    """Hold a record until the end: two people who correct it at once take turns."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(id), 12))))


async def add(tx: Connection, entry: TimeEntry) -> None:
    await tx.execute(insert(work).values(**asdict(entry)))


async def find(tx: Connection, id_or_key: UUID | str) -> TimeEntry | None:
    column = work.c.id if isinstance(id_or_key, UUID) else work.c.key
    row = (await tx.execute(select(work).where(column == id_or_key))).one_or_none()
    return TimeEntry(**row._mapping) if row else None


async def total_minutes(tx: Connection, id: UUID) -> int:
    """The minutes of a record with all of its corrections."""
    condition = (work.c.id == id) | (work.c.corrects == id)
    return int(await tx.scalar(select(func.sum(work.c.minutes)).where(condition)) or 0)


async def time_used(tx: Connection, account: ReservedHoursAccount) -> timedelta:
    """What the month has used so far."""
    query = select(func.coalesce(func.sum(work.c.minutes), 0)).where(
        work.c.agreement_id == account.agreement_id,
        work.c.customer_id == account.customer_id,
        work.c.day >= account.month,
        work.c.day < next_month(account.month),
    )
    return int(await tx.scalar(query) or 0) * MINUTE


async def page(
    tx: Connection, ticket_id: UUID | None, limit: int, after: tuple[UUID] | None
) -> Sequence[TimeEntry]:
    """Up to `limit` + 1 records, as they were recorded; of one ticket, or of all."""
    query: Select[tuple[object, ...]] = select(work).order_by(work.c.id).limit(limit + 1)
    if ticket_id is not None:
        query = query.where(work.c.ticket_id == ticket_id)
    if after is not None:
        query = query.where(work.c.id > after[0])
    return [TimeEntry(**row._mapping) for row in await tx.execute(query)]


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
