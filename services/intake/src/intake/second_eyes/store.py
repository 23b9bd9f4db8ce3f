"""Every query about what has waited too long for a second person, over the sources of the list of waits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, Text, TextClause, bindparam, insert, text, update
from sqlalchemy.types import TypeEngine

from common.persistence.database import Connection
from common.waiting import WaitingSource
from intake.second_eyes.tables import overdue_second_eyes

_ONE_AT_A_TIME: Final = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('intake.second_eyes', 0))"
)
_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "account": Text(),
    "roles": ARRAY(Text),
    "at": DateTime(timezone=True),
    "before": DateTime(timezone=True),
    "rows": Integer(),
}
_OVERDUE: Final = """
WITH waiting AS MATERIALIZED ({sources})
SELECT kind, id, key, customer, since FROM waiting
WHERE since <= :before AND NOT EXISTS (SELECT FROM overdue_second_eyes announced
    WHERE announced.kind = waiting.kind AND announced.waiting_id = waiting.id
    AND announced.given_at IS NULL)
ORDER BY since, kind, id LIMIT :rows
"""
_GIVEN: Final = """
WITH waiting AS MATERIALIZED ({sources})
SELECT announced.* FROM overdue_second_eyes announced
WHERE announced.given_at IS NULL AND NOT EXISTS (SELECT FROM waiting
    WHERE announced.kind = waiting.kind AND announced.waiting_id = waiting.id)
ORDER BY announced.id LIMIT :rows
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a second person since then; `key` is what people call it, `customer` a key.

    It is known by its kind and id alone: who asks again may move `since`, and ends nothing by it.
    """

    kind: str
    id: str
    key: str
    customer: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class OverdueSecondEyes:
    """A wait that was announced; `given_at` is when it was seen that it waits no more."""

    id: UUID
    kind: str
    waiting_id: str
    key: str
    customer: str | None
    since: datetime
    announced_at: datetime
    given_at: datetime | None = None
    sequence: int = 1


async def lock_looking(tx: Connection) -> bool:
    """Whether this replica may look now: one at a time does, until its transaction ends."""
    return bool(await tx.scalar(_ONE_AT_A_TIME))


async def list_overdue(
    tx: Connection,
    sources: tuple[WaitingSource, ...],
    before: datetime,
    at: datetime,
    limit: int,
) -> Sequence[Waiting]:
    """What waits since `before` or longer and is not announced, the longest first."""
    values = {"before": before, "at": at, "rows": limit}
    return [Waiting(*row) for row in await _ask(tx, sources, _OVERDUE, values)]


async def list_given(
    tx: Connection, sources: tuple[WaitingSource, ...], at: datetime, limit: int
) -> Sequence[OverdueSecondEyes]:
    """What was announced and does not wait any more."""
    rows = await _ask(tx, sources, _GIVEN, {"at": at, "rows": limit})
    return [OverdueSecondEyes(**row._mapping) for row in rows]


async def add(tx: Connection, overdue: Sequence[OverdueSecondEyes]) -> None:
    """Store what is announced."""
    if overdue:
        await tx.execute(insert(overdue_second_eyes), [asdict(one) for one in overdue])


async def save(tx: Connection, one: OverdueSecondEyes) -> None:
    """Store that it waits no more."""
    changed = update(overdue_second_eyes).where(overdue_second_eyes.c.id == one.id)
    await tx.execute(changed.values(given_at=one.given_at, sequence=one.sequence))


async def _ask(
    tx: Connection, sources: tuple[WaitingSource, ...], query: str, values: dict[str, Any]
) -> Any:
    # Nobody asks: a source that names the caller finds nothing of anybody's own.
    return await tx.execute(_statement(sources, query), {"account": "", "roles": []} | values)


@lru_cache(maxsize=4)
def _statement(sources: tuple[WaitingSource, ...], query: str) -> TextClause:
    union = "\nUNION ALL ".join(one.sql(number) for number, one in enumerate(sources))
    clause = text(query.replace("{sources}", union))
    # A parameter that these sources do not name may not be bound.
    names = _TYPES.keys() & clause._bindparams.keys()
    return clause.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names))
