"""Every query about what waits: one statement over all sources, however many rows there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ARRAY, DateTime, Integer, Text, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine

from common.persistence.database import Connection
from common.waiting.source import WaitingSource

Position = tuple[datetime, str, str]
"""Where a row stands in the list: its urgency, its kind and its id."""

_TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "account": Text(),
    "roles": ARRAY(Text),
    "at": DateTime(timezone=True),
    "customer": Text(),
    "urgent_at": DateTime(timezone=True),
    "kind": Text(),
    "id": Text(),
    "rows": Integer(),
}
# Whose persons are the caller's is asked once per account, not once per row.
_THEIRS: Final = """
WITH waiting AS MATERIALIZED ({sources}),
own_accounts AS (
    SELECT account FROM (SELECT DISTINCT unnest(not_by) AS account FROM waiting) first_persons
    WHERE is_one_person(:account, account)),
theirs AS (
    SELECT waiting.*, coalesce(due_at, since + interval '1 day') AS urgent_at FROM waiting
    WHERE NOT coalesce(not_by && ARRAY(SELECT account FROM own_accounts), false)
        AND (only_for IS NULL OR :account = ANY (only_for))
        AND (CAST(:customer AS text) IS NULL OR customer = :customer))
"""
_PAGE: Final = """
SELECT source, kind, id, key, title, customer, since, due_at, first, href, urgent_at FROM theirs
WHERE CAST(:urgent_at AS timestamptz) IS NULL OR (urgent_at, kind, id) > (:urgent_at, :kind, :id)
ORDER BY urgent_at, kind, id LIMIT :rows
"""
_COUNTS: Final = "SELECT kind, count(*) FROM theirs GROUP BY kind"


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom it is asked: their account and roles, the customer of a contact, and the moment."""

    account: str
    roles: Collection[str]
    customer: str | None
    at: datetime

    def parameters(self) -> dict[str, Any]:
        """The parameters that a source may name."""
        return {
            "account": self.account,
            "roles": sorted(self.roles),
            "customer": self.customer,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row of a source, which has that number. `urgent_at`: when it is due; without a due time, a day after it began to wait."""

    source: int
    kind: str
    id: str
    key: str
    title: str
    customer: str | None
    since: datetime
    due_at: datetime | None
    first: str | None
    href: str
    urgent_at: datetime

    @property
    def position(self) -> Position:
        return self.urgent_at, self.kind, self.id


async def page(
    tx: Connection,
    sources: tuple[WaitingSource, ...],
    asker: Asker,
    after: Position | None,
    limit: int,
) -> Sequence[WaitingRow]:
    """What these sources have for the asker, the most urgent first: `limit` and one more."""
    if not sources:
        return []
    urgent_at, kind, id = after or (None, None, None)
    position = {"urgent_at": urgent_at, "kind": kind, "id": id, "rows": limit + 1}
    rows = await tx.execute(_statement(sources, _PAGE), asker.parameters() | position)
    return [WaitingRow(**row._mapping) for row in rows]


async def count(tx: Connection, sources: tuple[WaitingSource, ...], asker: Asker) -> dict[str, int]:
    """How many of each kind wait for the asker; of every kind that these sources have."""
    if not sources:
        return {}
    rows = await tx.execute(_statement(sources, _COUNTS), asker.parameters())
    counts = dict.fromkeys((source.kind for source in sources), 0)
    return counts | {kind: number for kind, number in rows}


@lru_cache(maxsize=1024)
def _statement(sources: tuple[WaitingSource, ...], end: str) -> TextClause:
    union = "\nUNION ALL ".join(one.sql(number) for number, one in enumerate(sources))
    statement = _THEIRS.replace("{sources}", union) + end
    clause = text(statement)
    # A parameter that these sources do not name may not be bound.
    names = _TYPES.keys() & clause._bindparams.keys()
    return clause.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names))
