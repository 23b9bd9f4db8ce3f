"""The one question of each mail to the directory: which member of staff or contact has its address."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection

_KNOWN: Final = text(
    """
    SELECT
        (SELECT sub FROM people WHERE email = :address AND NOT retired LIMIT 1) AS staff,
        contact.id AS contact_id, contact.customer_id, contact.customer
    FROM (SELECT) AS once LEFT JOIN (
        SELECT contacts.id, contacts.customer_id, customers.key AS customer
        FROM contacts JOIN customers ON customers.id = contacts.customer_id
        WHERE (contacts.address = :address OR contacts.other_addresses @> ARRAY[CAST(:address AS text)])
            AND NOT contacts.retired AND NOT customers.retired) AS contact ON true
    """
)


@dataclass(frozen=True, slots=True)
class Known:
    """Who has an address: a member of staff (`sub`), a contact of a customer, both, or nobody."""

    staff: str | None
    contact_id: UUID | None
    customer_id: UUID | None
    customer: str | None


async def find_known(tx: Connection, address: str) -> Known:
    """Who has this address (normalised), the first or another one. Those who were ended have none."""
    return Known(*(await tx.execute(_KNOWN, {"address": address})).one())
