"""The rows about a contact, a page at a time, each in a transaction of its own: a slow reader holds nothing."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from common.auth.persons import list_accounts_of_contact
from common.persistence.database import Connection, Database
from intake.contact_exports.exported_parts import PARTS, Part
from intake.mail.naming import list_naming, whole
from intake.reasons import store as reasons

_TICKETS: Final = text(
    "SELECT id FROM tickets WHERE contact_id = :contact OR reporter = ANY(:addresses) ORDER BY id"
).bindparams(bindparam("addresses", type_=ARRAY(Text)))
_MAILS: Final = text(
    """
    SELECT id FROM mails WHERE ticket_id = ANY(:ids)
    UNION SELECT mail_id FROM messages
        WHERE author = ANY(:names) AND copied_from IS NULL AND mail_id IS NOT NULL
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("names", type_=ARRAY(Text)))


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
    mails = await _mails(database, scope)
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


async def _mails(database: Database, scope: Scope) -> list[UUID]:
    """The ids of the mails of these tickets, and of those that name an address of theirs in their head."""
    values = {"ids": list(scope.tickets), "names": [scope.name, *scope.addresses]}
    async with database.transaction() as tx:
        found = {*await tx.scalars(_MAILS, values), *await list_naming(tx, scope.addresses)}
    return sorted(found)
