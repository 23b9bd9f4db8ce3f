"""Entries of the audit trail whose reasons are kept beside them, and the erasure of these."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, insert, text

from common import audit
from common.persistence.database import Connection
from intake.reasons.domain import SALT_BYTES, digest_of, words_in
from intake.reasons.tables import reasons

OF_CONTACT: Final = """
subject = ANY(:subjects) OR who = ANY(:accounts)
    OR subject IN (SELECT 'improvement/' || id FROM monitoring_improvements WHERE ticket_id = ANY(:ids)
        UNION ALL SELECT 'linked-ticket/' || link.id FROM links_of_tickets(:ids) link (id))
"""
"""Reasons that an erasure of a contact erases, and an export of them has; bound to `values_of`."""
_ERASE: Final = text(f"DELETE FROM reasons WHERE {OF_CONTACT}").bindparams(
    bindparam("subjects", type_=ARRAY(Text)),
    bindparam("accounts", type_=ARRAY(Text)),
    bindparam("ids", type_=ARRAY(Uuid)),
)


async def record(tx: Connection, *entries: audit.Entry) -> None:
    """Append entries to the audit trail, which is for ever; their reasons are kept where they can be erased.

    In their place an entry has digests, which prove what was written as long as it is kept.
    """
    rows, digested = [], []
    for entry in entries:
        digests = {}
        for name, words in words_in(entry.grounds).items():
            salt = secrets.token_bytes(SALT_BYTES)
            digests[name] = digest_of(salt, words)
            rows.append(
                {
                    "digest": digests[name],
                    "subject": entry.subject,
                    "who": entry.who,
                    "at": entry.at,
                    "words": words,
                    "salt": salt,
                }
            )
        digested.append(replace(entry, grounds={**entry.grounds, **digests}))
    if rows:
        await tx.execute(insert(reasons), rows)
    await audit.record(tx, *digested)


async def erase(
    tx: Connection, contact: UUID, accounts: Sequence[str], ids: Sequence[UUID]
) -> None:
    """Erase the reasons of acts on a contact and on these tickets, and those that the contact gave.

    `accounts` are the contact's, and the addresses under which they wrote.
    """
    await tx.execute(_ERASE, values_of(contact, accounts, ids))


def values_of(contact: UUID, accounts: Sequence[str], ids: Sequence[UUID]) -> dict[str, list[Any]]:
    """What `OF_CONTACT` is bound to; `accounts` are the contact's, and the addresses under which they wrote."""
    own = [f"contact/{contact}", *accounts]
    subjects = [own[0], *(f"person/{one}" for one in own), *(f"ticket/{id}" for id in ids)]
    return {"subjects": subjects, "accounts": own, "ids": list(ids)}
