"""Finds clocks whose columns are not what the clock itself says, and clocks that cannot fire (R16)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from common.persistence.database import Connection
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.clocks import column_values
from sla.clocks.tables import clocks

_SELECT_WITHOUT_DEADLINE = text(
    """
    SELECT id, next_at FROM clocks WHERE id = ANY(:ids) AND next_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM deadlines WHERE kind = 'clock' AND subject = clocks.id)
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def find_falsified(tx: Connection, ticket_clocks: Sequence[TicketClock]) -> dict[UUID, str]:
    """Return, by clock id, what of a clock's row nothing in the clock accounts for."""
    expected = {one.id: column_values(one) for one in ticket_clocks}
    found: dict[UUID, str] = {}
    for row in await tx.execute(_SELECT_WITHOUT_DEADLINE, {"ids": list(expected)}):
        found[row.id] = f"is to fire at {row.next_at}, and has no deadline: it would never fire"
    for row in await tx.execute(select(clocks).where(clocks.c.id.in_(expected))):
        differing = [
            f"{name} is {row._mapping[name]} where it is {value} by its inputs and its ticket"
            for name, value in expected[row.id].items()
            if row._mapping[name] != value
        ]
        if differing:
            found[row.id] = "; ".join(differing)
    return found
