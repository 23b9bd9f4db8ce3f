"""Which mails name an address in their beginning: found by the index of digests of addresses in them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection

HEAD_BYTES: Final = 65_536
"""Bytes of a mail in which addresses are looked for: what `mail_address_digests` reads."""
# A digest may be another address's, and an address a part of a longer one: hence the pattern.
NAMING: Final = text(
    """
    SELECT id FROM mails
    WHERE raw_deleted_at IS NULL
        AND intake.mail_address_digests(raw) && intake.mail_address_digests(convert_to(:address, 'UTF8'))
        AND encode(substring(raw FROM 1 FOR :head), 'escape') ~* :pattern
    """
)


async def list_naming(tx: Connection, addresses: Sequence[str]) -> set[UUID]:
    """The ids of the mails, not deleted yet, that name one of these addresses; what has no @ is in none."""
    found: set[UUID] = set()
    for address in addresses:
        found.update(await tx.scalars(NAMING, values_for(address)))
    return found


def values_for(address: str) -> dict[str, str | int]:
    """What `NAMING` is bound to."""
    escaped = "".join(_escaped(byte) for byte in address.encode())
    return {"address": address, "pattern": whole(escaped), "head": HEAD_BYTES}


def whole(address: str) -> str:
    """A pattern of PostgreSQL's for this address alone: that of `an@…` is not in `jan@…`."""
    literal = "".join(c if c.isalnum() or c == "_" else f"\\{c}" for c in address)
    return rf"(?<![a-z0-9._%+-]){literal}(?![a-z0-9-]|\.[a-z0-9])"


def _escaped(byte: int) -> str:
    """One byte as `encode(…, 'escape')` writes it."""
    if byte >= 128:
        return f"\\{byte:03o}"
    return "\\\\" if byte == ord("\\") else chr(byte)
