"""One line of the audit trail, written in the transaction of what it is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from common.domain import Actor
from common.persistence.bulk import Columns, execute_many, insert_sql
from common.persistence.database import Connection

JSON: TypeAlias = object
"""What `json` can write; instants, ids and enumerations become text."""

COLUMNS: Columns = {
    "at": "timestamptz",
    "who": "text",
    "behind": "text",
    "action": "text",
    "subject": "text",
    "grounds": "jsonb",
}
"""The columns of a row and their SQL types, for hot paths that write theirs by one statement."""

Row = tuple[datetime, str, str | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` (a token's `sub`) did `action` ("ticket.resolve") to `subject` ("ticket/0192...").

    `grounds` are reasons given, ids, the state before and after: never message text and never
    contact data, because what is written here is never erased. `behind` is the machine through
    which `who` acted. `at` is the moment of the decision.
    """

    at: datetime
    who: str
    action: str
    subject: str
    grounds: Mapping[str, JSON]
    behind: str | None = None

    @classmethod
    def by(
        cls, actor: Actor, at: datetime, action: str, subject: str, grounds: Mapping[str, JSON]
    ) -> "Entry":
        """What `actor` did, whoever speaks for them."""
        return cls(at, actor.sub, action, subject, grounds, actor.via_machine)


_INSERT = insert_sql("audit", COLUMNS)


async def record(tx: Connection, *entries: Entry) -> None:
    """Append to the trail: kept if this transaction commits, as what it tells of."""
    await execute_many(tx, _INSERT, rows(entries))


def rows(entries: Sequence[Entry]) -> list[Row]:
    """The rows of the audit table, in the order of COLUMNS; grounds as JSON text."""
    return [
        (
            entry.at,
            entry.who,
            entry.behind,
            entry.action,
            entry.subject,
            json.dumps(entry.grounds, default=_to_text, ensure_ascii=False),
        )
        for entry in entries
    ]


def _to_text(value: object) -> str:
    """Instants in RFC 3339; ids and enumerations by their text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
