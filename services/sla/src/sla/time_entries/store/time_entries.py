"""Time entries, appended only, and the accounts of reserved hours that they use."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keys import by_id_or_key, next_key
from common.persistence.keyset import page_after
from sla.agreements.tables import agreement_versions
from sla.clocks.ticket_tables import tickets
from sla.time_entries.tables import reserved_hours_accounts, time_entries


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Minutes of a person's work on a ticket. A correction has the difference."""

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
    """The account of a customer's reserved hours in a month. Storing an entry locks its row."""

    id: UUID
    agreement_id: UUID
    customer_id: UUID
    month: date
    warned_at: datetime | None
    sequence: int


async def next_entry_key(tx: Connection) -> str:
    """The key of the next time entry: `WRK-17`."""
    return await next_key(tx, "WRK", "time_entry_numbers")


async def find_agreement_id(tx: Connection, ticket_id: UUID) -> UUID | None:
    """The agreement (not its version) that covers a ticket."""
    v = agreement_versions
    covering = select(v.c.agreement_id).join(tickets, tickets.c.agreement_version == v.c.id)
    agreement_id: UUID | None = await tx.scalar(covering.where(tickets.c.id == ticket_id))
    return agreement_id


async def lock_account(
    tx: Connection, agreement_id: UUID, customer_id: UUID, day: date
) -> ReservedHoursAccount:
    """The account of the month of `day`, created where it is missing, and locked."""
    month = day.replace(day=1)
    keys = {"agreement_id": agreement_id, "customer_id": customer_id, "month": month}
    new_account = insert(reserved_hours_accounts).values(id=uuid7(), **keys, sequence=0)
    await tx.execute(new_account.on_conflict_do_nothing())
    query = select(reserved_hours_accounts).filter_by(**keys).with_for_update()
    return ReservedHoursAccount(**(await tx.execute(query)).one()._mapping)


async def mark_warned(tx: Connection, account: ReservedHoursAccount, at: datetime) -> int:
    """Store that the month's warning was published; the account's new sequence number."""
    a = reserved_hours_accounts
    statement = (
        update(a).where(a.c.id == account.id).values(warned_at=at, sequence=a.c.sequence + 1)
    )
    return int((await tx.execute(statement.returning(a.c.sequence))).scalar_one())


async def lock(tx: Connection, id: UUID) -> None:
    """Lock an entry until the end, so that two people who correct it at once take turns."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(id), 12))))


async def add(tx: Connection, entry: TimeEntry) -> None:
    await tx.execute(insert(time_entries).values(**asdict(entry)))


async def find(tx: Connection, id_or_key: str) -> TimeEntry | None:
    query = select(time_entries).where(by_id_or_key(time_entries, id_or_key))
    row = (await tx.execute(query)).one_or_none()
    return TimeEntry(**row._mapping) if row else None


async def total_minutes(tx: Connection, id: UUID) -> int:
    """The minutes of an entry with all its corrections."""
    condition = (time_entries.c.id == id) | (time_entries.c.corrects == id)
    return int(await tx.scalar(select(func.sum(time_entries.c.minutes)).where(condition)) or 0)


async def page(
    tx: Connection, ticket_id: UUID | None, limit: int, after: tuple[UUID] | None
) -> Sequence[TimeEntry]:
    """Up to `limit` + 1 entries in the order of their creation; of one ticket, or of all."""
    query = select(time_entries)
    if ticket_id is not None:
        query = query.where(time_entries.c.ticket_id == ticket_id)
    rows = await tx.execute(page_after(query, (time_entries.c.id,), after, limit))
    return [TimeEntry(**row._mapping) for row in rows]


def next_month(month: date) -> date:
    """The first day of the month after that of which `month` is the first day."""
    return (month + timedelta(days=31)).replace(day=1)
