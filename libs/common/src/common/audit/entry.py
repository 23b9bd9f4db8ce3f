"""One line of the audit trail, written in the transaction of what it is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ARRAY, DateTime, Text, bindparam, text

from common.persistence.database import Connection

JSON: TypeAlias = object
"""What `json` can write; instants, ids and enumerations become text."""

COLUMNS = (
    ("at", "timestamptz"),
    ("who", "text"),
    ("behind", "text"),
    ("action", "text"),
    ("subject", "text"),
    ("grounds", "jsonb"),
)
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


_NAMES = ", ".join(name for name, _ in COLUMNS)
_INSERT = text(
    f"INSERT INTO audit ({_NAMES}) SELECT at, who, behind, action, subject, grounds::jsonb "
    f"FROM unnest({', '.join(f':{name}' for name, _ in COLUMNS)}) AS told ({_NAMES})"
).bindparams(
    *(
        bindparam(name, type_=ARRAY(DateTime(timezone=True) if name == "at" else Text))
        for name, _ in COLUMNS
    )
)


async def record(tx: Connection, *entries: Entry) -> None:
    """Append to the trail: kept if this transaction commits, as what it tells of."""
    if not entries:
        return
    columns = zip(*rows(entries), strict=True)
    await tx.execute(
        _INSERT, {name: list(values) for (name, _), values in zip(COLUMNS, columns, strict=True)}
    )


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
