"""The rows about a contact, a page at a time, each in a transaction of its own: a slow reader holds nothing."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from common.auth.persons import list_accounts_of_contact
from common.persistence.database import Connection, Database
from intake.contact_exports.exported_parts import FIRST_ID, PARTS, Part
from intake.erasures.store import HEADER_BYTES, pattern_of, whole
from intake.reasons import store as reasons

MAILS_AT_ONCE: Final = 1_000
"""Mails whose heads are searched in one statement."""

_TICKETS: Final = text(
    "SELECT id FROM tickets WHERE contact_id = :contact OR reporter = ANY(:addresses) ORDER BY id"
).bindparams(bindparam("addresses", type_=ARRAY(Text)))
_MAILS: Final = text(
    """
    SELECT id, ticket_id = ANY(:ids)
        OR EXISTS (SELECT FROM messages m
            WHERE m.mail_id = headed.id AND m.copied_from IS NULL AND m.author = ANY(:names))
        OR raw_deleted_at IS NULL AND EXISTS (
            SELECT FROM unnest(CAST(:patterns AS text[]), CAST(:wholes AS text[])) a (pattern, whole)
            WHERE head ILIKE pattern AND head ~* whole) AS is_theirs
    FROM (
        SELECT id, ticket_id, raw_deleted_at, encode(substring(raw FROM 1 FOR :header), 'escape') AS head
        FROM mails WHERE id > :after ORDER BY id LIMIT :rows) AS headed
    ORDER BY id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("names", type_=ARRAY(Text)),
    bindparam("patterns", type_=ARRAY(Text)),
    bindparam("wholes", type_=ARRAY(Text)),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows they are: the contact with all addresses, and the tickets that were opened for them.

    `accounts` are their own, with which they have signed in.
    """

    contact: UUID
    addresses: tuple[str, ...]
    accounts: tuple[str, ...]
    tickets: tuple[UUID, ...]

    @property
    def name(self) -> str:
        return f"contact/{self.contact}"


async def find_scope(tx: Connection, contact: UUID, addresses: Sequence[str]) -> Scope:
    """The contact's tickets: also those that came from an address before it was known."""
    values = {"contact": contact, "addresses": list(addresses)}
    accounts = await list_accounts_of_contact(tx, contact)
    tickets = await tx.scalars(_TICKETS, values)
    return Scope(contact, tuple(addresses), tuple(accounts), tuple(tickets))


async def lines(database: Database, scope: Scope) -> AsyncIterator[str]:
    """Everything about the contact, one JSON object a line; the last one says how many were before it."""
    mails = [id async for id in _mails(database, scope)]
    count = 0
    for part in PARTS:
        async for line in _part(database, scope, part, mails):
            count += 1
            yield f"{line}\n"
    yield json.dumps({"part": "end", "record": {"records": count}}) + "\n"


async def _part(
    database: Database, scope: Scope, part: Part, mails: Sequence[UUID]
) -> AsyncIterator[str]:
    query, after = text(part.query), part.before
    values: dict[str, Any] = {"contact": scope.contact, "name": scope.name, "mails": list(mails)}
    accounts = [*scope.addresses, *scope.accounts]
    wholes = [whole(address) for address in scope.addresses]
    values |= {"wholes": wholes}
    values |= reasons.values_of(scope.contact, accounts, scope.tickets)
    bound = {name: values[name] for name in values if f":{name}" in part.query}
    query = query.bindparams(
        *(bindparam(name, type_=_TYPES[name]) for name in bound if name in _TYPES)
    )
    while True:
        async with database.transaction() as tx:
            rows = (await tx.execute(query, bound | {"after": after})).all()
        for row in rows:
            yield row.line
        if len(rows) < part.rows:
            return
        after = rows[-1].position


_TYPES: Final[dict[str, Any]] = {
    "contact": Uuid(),
    "name": Text(),
    "wholes": ARRAY(Text),
    "accounts": ARRAY(Text),
    "subjects": ARRAY(Text),
    "ids": ARRAY(Uuid),
    "mails": ARRAY(Uuid),
}


async def _mails(database: Database, scope: Scope) -> AsyncIterator[UUID]:
    """The ids of the mails of these tickets, and of those that name an address of theirs in their head."""
    after, looked_at = FIRST_ID, MAILS_AT_ONCE
    values = {
        "ids": list(scope.tickets),
        "names": [scope.name, *scope.addresses],
        "patterns": [pattern_of(address) for address in scope.addresses],
        "wholes": [whole(address) for address in scope.addresses],
        "header": HEADER_BYTES,
        "rows": MAILS_AT_ONCE,
    }
    while looked_at == MAILS_AT_ONCE:
        async with database.transaction() as tx:
            rows = (await tx.execute(_MAILS, values | {"after": after})).all()
        for row in rows:
            if row.is_theirs:
                yield row.id
        looked_at = len(rows)
        after = rows[-1].id if rows else after
