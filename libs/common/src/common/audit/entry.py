"""Entries of the audit trail, written in the transaction of the act that they record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from common.audit.security_actions import security_kind
from common.domain import Actor
from common.persistence.bulk import Columns, execute_many, insert_sql
from common.persistence.database import Connection, after_commit
from common.telemetry.security_events import Kind, SecurityEvent, report

JSON: TypeAlias = object
"""A value that becomes JSON; instants, ids and enumerations become text."""

COLUMNS: Columns = {
    "at": "timestamptz",
    "who": "text",
    "behind": "text",
    "action": "text",
    "subject": "text",
    "grounds": "jsonb",
}
"""The columns of a row and their SQL types, also for hot paths with a statement of their own."""

Row = tuple[datetime, str, str | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` (a token's `sub`) did `action` ("ticket.resolve") to `subject` ("ticket/0192...").

    `grounds` are the reasons, ids, and the state before and after: never message text and never
    contact data, because an entry is never erased (intake has digests of reasons: `intake.reasons`). `behind` is the machine that acted on the actor's behalf.
    `at` is the instant of the act.
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
        """Create the entry for an act of `actor`."""
        return cls(at, actor.sub, action, subject, grounds, actor.via_machine)


_INSERT = insert_sql("audit", COLUMNS)


async def record(tx: Connection, *entries: Entry) -> None:
    """Append entries to the trail, in the transaction of the act.

    Those that are security events are reported once it is committed.
    """
    await execute_many(tx, _INSERT, rows(entries))
    for entry in entries:
        if (kind := security_kind(entry.action)) is not None:
            after_commit(tx, partial(report, _security_event(kind, entry)))


def rows(entries: Sequence[Entry]) -> list[Row]:
    """Return the rows of the audit table, in the order of COLUMNS; grounds as JSON text."""
    return [
        (
            entry.at,
            entry.who,
            entry.behind,
            entry.action,
            entry.subject,
            _encode(entry.grounds),
        )
        for entry in entries
    ]


def _security_event(kind: Kind, entry: Entry) -> SecurityEvent:
    return SecurityEvent(
        kind, entry.action, caller=entry.who, behind=entry.behind, subject=entry.subject
    )


def _to_text(value: object) -> str:
    """Return instants in RFC 3339, everything else as its text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


_encode = json.JSONEncoder(default=_to_text, ensure_ascii=False).encode
"""`json.dumps` makes an encoder at every call, unless it is called without options."""
