"""Every query about notices, and about whom they concern."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, any_, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.directory.tables import contacts, customers, environments, services
from intake.notices.domain.notice import Notice, NoticeState
from intake.notices.tables import notices
from intake.tickets.tables import outgoing_mails

BY_ITSELF: Final = "opsdesk"
"""Who dismisses what was over before anybody sent it."""
_ALL: Final[Select[Any]] = select(notices, customers.c.key.label("customer")).join_from(
    notices, customers, customers.c.id == notices.c.customer_id
)
_STORED: Final = tuple(column.name for column in notices.c)


@dataclass(frozen=True, slots=True)
class NoticeMail:
    """The mail of a notice to one contact, and what became of it."""

    contact_id: UUID
    language: str
    state: str
    attempts: int
    settled_at: datetime | None
    problem: str | None


async def add(tx: Connection, notice: Notice) -> bool:
    """Store a notice. False where the same was stored before."""
    row = {name: getattr(notice, name) for name in _STORED}
    return bool((await tx.execute(insert(notices).values(row).on_conflict_do_nothing())).rowcount)


async def save(tx: Connection, notice: Notice) -> None:
    """Store the change of a locked notice."""
    values = {
        "state": notice.state,
        "decided_by": notice.decided_by,
        "decided_at": notice.decided_at,
        "dismissal_asked_by": notice.dismissal_asked_by,
        "dismissal_asked_at": notice.dismissal_asked_at,
    }
    await tx.execute(update(notices).where(notices.c.id == notice.id).values(values))


async def find(tx: Connection, ref: str, *, lock: bool = False) -> Notice | None:
    """The notice with this id or key, locked if asked for; None without one."""
    where = by_id_or_key(notices, ref)
    if lock and await tx.scalar(select(notices.c.id).where(where).with_for_update()) is None:
        return None
    row = (await tx.execute(_ALL.where(where))).one_or_none()
    return None if row is None else Notice(**row._mapping)


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the notices that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, notices.c.id, ids)


async def lock_first(tx: Connection, source: str, customer_id: UUID) -> Notice | None:
    """The first notice to this customer about this source, locked; None without one."""
    where = (notices.c.source == source, notices.c.customer_id == customer_id)
    query = select(notices.c.id).where(*where, notices.c.first_id.is_(None)).with_for_update()
    id = await tx.scalar(query)
    return None if id is None else await find(tx, str(id))


async def find_last_moved(tx: Connection, first_id: UUID) -> Notice | None:
    """The notice that gave the latest window of what this first notice announced; None where it was never moved."""
    query = _ALL.where(notices.c.first_id == first_id, notices.c.stage == "moved")
    row = (await tx.execute(query.order_by(notices.c.id.desc()).limit(1))).one_or_none()
    return None if row is None else Notice(**row._mapping)


async def find_lasting(
    tx: Connection, group: str, environment: str | None, service: str | None
) -> tuple[str, str] | None:
    """Source and its key of the newest notice of these sources that something began there, and no end yet."""
    end = notices.alias()
    query = (
        select(notices.c.source, notices.c.source_key)
        .where(
            notices.c.source.startswith(group, autoescape=True),
            notices.c.stage == "started",
            notices.c.environment.is_not_distinct_from(environment),
            notices.c.service.is_not_distinct_from(service),
            ~select(end.c.id).where(end.c.first_id == notices.c.id).exists(),
        )
        .order_by(notices.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row.source, row.source_key)


async def find_asked(tx: Connection, group: str) -> str | None:
    """The source of the notice that asked for something in this group and was not taken back yet."""
    end = notices.alias()
    query = select(notices.c.source).where(
        notices.c.source.startswith(group, autoescape=True),
        notices.c.stage == "announced",
        ~select(end.c.id).where(end.c.first_id == notices.c.id).exists(),
    )
    found: str | None = await tx.scalar(query.order_by(notices.c.id.desc()).limit(1))
    return found


async def page(
    tx: Connection,
    *,
    state: NoticeState | None,
    customer: str | None,
    after: tuple[UUID] | None,
    limit: int,
) -> Sequence[Notice]:
    """Notices, newest first, after the id `after`: `limit` and one more."""
    query = _ALL
    if state is not None:
        query = query.where(notices.c.state == state)
    if customer is not None:
        query = query.where(customers.c.key == customer)
    rows = await tx.execute(page_after(query, [notices.c.id.desc()], after, limit))
    return [Notice(**row._mapping) for row in rows]


async def lock_due(tx: Connection, limit: int) -> list[Notice]:
    """Notices whose mails are to be planned, oldest first; locked."""
    query = _ALL.where(notices.c.state == "due").order_by(notices.c.id).limit(limit)
    rows = await tx.execute(query.with_for_update(skip_locked=True, of=notices))
    return [Notice(**row._mapping) for row in rows]


async def set_state(tx: Connection, ids: Collection[UUID], state: NoticeState) -> None:
    """Store whether the mails of these notices are planned, or cannot be."""
    await tx.execute(update(notices).where(notices.c.id.in_(ids)).values(state=state))


async def list_readers(tx: Connection, customer_id: UUID, *, optional: bool) -> list[UUID]:
    """The contacts of a customer who have an address and were not ended, by their ids.

    Where notices are `optional`, without those who want none.
    """
    query = select(contacts.c.id).where(contacts.c.customer_id == customer_id)
    query = query.where(contacts.c.address.is_not(None), ~contacts.c.retired)
    if optional:
        query = query.where(contacts.c.wants_notices)
    return list(await tx.scalars(query.order_by(contacts.c.id)))


async def list_mails(tx: Connection, notice_id: UUID) -> list[NoticeMail]:
    """The mails of a notice, by contact: the proof of sending."""
    mails = outgoing_mails
    query = select(
        mails.c.contact_id,
        contacts.c.language,
        mails.c.state,
        mails.c.attempts,
        mails.c.settled_at,
        mails.c.problem,
    ).join_from(mails, contacts, contacts.c.id == mails.c.contact_id)
    rows = await tx.execute(
        query.where(mails.c.notice_id == notice_id).order_by(mails.c.contact_id)
    )
    return [NoticeMail(*row) for row in rows]


async def is_production(tx: Connection, environment: str) -> bool:
    """Whether customers work there; an environment that is not known counts as one."""
    tier = await tx.scalar(select(environments.c.tier).where(environments.c.key == environment))
    return tier in {None, "production"}


async def list_affected(
    tx: Connection, customer: str | None, environment: str | None, service: str | None
) -> list[UUID]:
    """The ids of the customers whom something with this scope affects.

    The customer; else whose environment it is; else those to whom the service was sold; else everybody.
    """
    query = select(customers.c.id).where(~customers.c.retired)
    if customer is not None:
        query = query.where(customers.c.key == customer)
    elif environment is not None:
        owner = select(environments.c.customer_id).where(
            environments.c.key == environment, ~environments.c.retired
        )
        query = query.where(customers.c.id.in_(owner))
    elif service is not None:
        sold = select(services.c.id).where(services.c.key == service)
        query = query.where(sold.where(customers.c.key == any_(services.c.sold_to)).exists())
    return list(await tx.scalars(query.order_by(customers.c.id)))


async def dismiss_proposed(tx: Connection, id: UUID, at: datetime) -> None:
    """Dismiss a proposed notice that is locked: what it is about was over before anybody sent it."""
    values = {"state": "dismissed", "decided_by": BY_ITSELF, "decided_at": at}
    await tx.execute(update(notices).where(notices.c.id == id).values(values))
