"""Every query about sessions. Instants are real ones, given by the caller."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, text, update

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.retention import Retention
from console.sessions.tables import sessions

NAME_BYTES: Final = 32
SEEN_EVERY: Final = timedelta(minutes=1)
"""A page more often than this does not write that somebody was seen."""
MAX_BROWSER_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, as the issuer says. `customer`: the key of a contact's customer; `language` and `zone`: as
    the issuer knows the person, where it does."""

    sub: str
    name: str
    roles: tuple[str, ...]
    customer: str | None
    issuer_session: str | None = None
    language: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not ended. `sealed` are the tokens, which expire at `access_expires_at`."""

    id: UUID
    person: Person
    browser: str
    sealed: bytes
    access_expires_at: datetime
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts at most, and without a page."""

    at_most: timedelta
    idle: timedelta


def new_name() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_urlsafe(NAME_BYTES)


def _hash(name: str) -> bytes:
    return sha256(name.encode()).digest()


async def start(
    tx: Connection,
    name: str,
    person: Person,
    sealed: bytes,
    expires_at: datetime,
    browser: str,
    at: datetime,
    limits: Limits,
) -> UUID:
    """Store a session; the cookie will hold `name`, of which only a hash is stored."""
    id = uuid7()
    await tx.execute(
        insert(sessions).values(
            id=id,
            name_hash=_hash(name),
            sub=person.sub,
            person_name=person.name,
            roles=list(person.roles),
            customer=person.customer,
            issuer_session=person.issuer_session,
            language=person.language,
            zone=person.zone,
            browser=browser[:MAX_BROWSER_CHARS],
            sealed=sealed,
            access_expires_at=expires_at,
            started_at=at,
            seen_at=at,
            ends_at=at + limits.at_most,
        )
    )
    return id


async def find(
    tx: Connection, name: str, at: datetime, limits: Limits, *, lock: bool = False
) -> Session | None:
    """Return the session that a cookie names, unless it has ended; `lock` it for a renewal."""
    query = select(sessions).where(sessions.c.name_hash == _hash(name))
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None or row.ends_at <= at or row.seen_at + limits.idle <= at:
        return None
    if at - row.seen_at >= SEEN_EVERY:
        await tx.execute(update(sessions).where(sessions.c.id == row.id).values(seen_at=at))
    return _to_session(row)


async def renew(
    tx: Connection, id: UUID, person: Person, sealed: bytes, expires_at: datetime
) -> None:
    """Store new tokens, with the name and the roles that they bear."""
    values: dict[str, Any] = {
        "sealed": sealed,
        "access_expires_at": expires_at,
        "person_name": person.name,
        "roles": list(person.roles),
        "customer": person.customer,
    }
    await tx.execute(update(sessions).where(sessions.c.id == id).values(**values))


async def end(tx: Connection, id: UUID) -> None:
    await tx.execute(delete(sessions).where(sessions.c.id == id))


async def end_other(tx: Connection, sub: str, id: UUID) -> bool:
    """End a session of this person. Returns whether there was one."""
    found = delete(sessions).where(sessions.c.id == id, sessions.c.sub == sub)
    return bool((await tx.execute(found)).rowcount)


async def end_of_issuer(tx: Connection, sub: str | None, issuer_session: str | None) -> int:
    """End those of a session of the issuer, or all of a person; with both given, both must fit.

    Returns how many there were. Raises ValueError where neither is given: that would be all of everybody.
    """
    if sub is None and issuer_session is None:
        raise ValueError("a session or a person")
    found = delete(sessions)
    if sub is not None:
        found = found.where(sessions.c.sub == sub)
    if issuer_session is not None:
        found = found.where(sessions.c.issuer_session == issuer_session)
    return (await tx.execute(found)).rowcount


async def of_person(tx: Connection, sub: str, at: datetime) -> list[Session]:
    """Return the sessions of a person, the one that was used last first."""
    query = select(sessions).where(sessions.c.sub == sub, sessions.c.ends_at > at)
    rows = await tx.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id))
    return [_to_session(row) for row in rows]


def _to_session(row: Row[Any]) -> Session:
    person = Person(
        row.sub,
        row.person_name,
        tuple(row.roles),
        row.customer,
        row.issuer_session,
        row.language,
        row.zone,
    )
    return Session(
        row.id,
        person,
        row.browser,
        bytes(row.sealed),
        row.access_expires_at,
        row.started_at,
        row.seen_at,
    )


RETENTION: Final = Retention(
    "ended sessions",
    text(
        """
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE ends_at <= :before
            ORDER BY ends_at LIMIT :rows FOR UPDATE SKIP LOCKED)
        """
    ),
    lambda settings: 0,
    "real",
)
"""A session that has ended names a person, a browser and tokens: nothing of it is kept."""
