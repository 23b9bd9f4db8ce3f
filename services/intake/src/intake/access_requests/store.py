"""Every query about access requests."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, insert, or_, select, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from intake.access_requests.domain import RECERTIFY_AFTER, AccessRequest
from intake.access_requests.tables import access_requests
from intake.directory.tables import contacts, people

_ACCESS: Final = access_requests.c
_HAS_LEFT: Final[ColumnElement[bool]] = or_(
    exists().where(people.c.sub == _ACCESS.person, people.c.retired),
    exists().where(
        func.concat("contact/", contacts.c.id) == _ACCESS.person,
        or_(contacts.c.retired, contacts.c.erased),
    ),
)
_ALL: Final[Select[Any]] = select(access_requests, _HAS_LEFT.label("has_left"))


async def add(tx: Connection, access: AccessRequest) -> None:
    """Store a new request."""
    await tx.execute(insert(access_requests).values(_row(access)))


async def save(tx: Connection, access: AccessRequest) -> None:
    """Store the change of a locked request."""
    await tx.execute(update(access_requests).where(_ACCESS.id == access.id).values(_row(access)))


async def find(tx: Connection, ref: str, *, lock: bool = False) -> AccessRequest | None:
    """The request with this id or key, locked if asked for; None without one."""
    where = by_id_or_key(access_requests, ref)
    if lock and await tx.scalar(select(_ACCESS.id).where(where).with_for_update()) is None:
        return None
    row = (await tx.execute(_ALL.where(where))).one_or_none()
    return None if row is None else AccessRequest(**row._mapping)


async def person_exists(tx: Connection, person: str) -> bool:
    """Whether this is one of us, or a contact, who has not been ended."""
    one_of_us = exists().where(people.c.sub == person, ~people.c.retired)
    is_contact = func.concat("contact/", contacts.c.id) == person
    contact = exists().where(is_contact, ~contacts.c.retired, ~contacts.c.erased)
    return bool(await tx.scalar(select(or_(one_of_us, contact))))


async def is_known_person(tx: Connection, person: str) -> bool:
    """Whether this is one of us, or a contact, also one who has left."""
    one_of_us = exists().where(people.c.sub == person)
    contact = exists().where(func.concat("contact/", contacts.c.id) == person)
    return bool(await tx.scalar(select(or_(one_of_us, contact))))


def owed_removals(today: date) -> ColumnElement[bool]:
    """The condition for accesses that are to be taken away: left, expired, or asked for."""
    owed = or_(_HAS_LEFT, _ACCESS.until < today, _ACCESS.removal_asked_at.is_not(None))
    return _ACCESS.granted_at.is_not(None) & _ACCESS.removed_at.is_(None) & owed


def recertifications(at: datetime) -> ColumnElement[bool]:
    """The condition for accesses of which nobody has said for long that they are needed."""
    certified_at = func.coalesce(_ACCESS.recertified_at, _ACCESS.granted_at)
    is_present = _ACCESS.granted_at.is_not(None) & _ACCESS.removed_at.is_(None)
    return is_present & (certified_at <= at - RECERTIFY_AFTER)


def unverified() -> ColumnElement[bool]:
    """The condition for what was done and nobody else has looked at yet."""
    grant = _ACCESS.granted_at.is_not(None) & _ACCESS.grant_verified_at.is_(None)
    removal = _ACCESS.removed_at.is_not(None) & _ACCESS.removal_verified_at.is_(None)
    return or_(grant & _ACCESS.removed_at.is_(None), removal)


def undecided() -> ColumnElement[bool]:
    """The condition for what waits for an approval."""
    return _ACCESS.decision.is_(None)


def of_person(person: str) -> ColumnElement[bool]:
    """The condition for what one person has or had."""
    return _ACCESS.person == person


async def page(
    tx: Connection,
    where: Sequence[ColumnElement[bool]],
    after: tuple[UUID] | None,
    limit: int,
) -> Sequence[AccessRequest]:
    """Requests that match all conditions, oldest first: `limit` and one more."""
    rows = await tx.execute(page_after(_ALL.where(*where), [_ACCESS.id], after, limit))
    return [AccessRequest(**row._mapping) for row in rows]


def _row(access: AccessRequest) -> dict[str, Any]:
    return {name: value for name, value in asdict(access).items() if name != "has_left"}
