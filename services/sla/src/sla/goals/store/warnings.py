"""The warnings that were sent of goals, and whose goals there are."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import insert, select, text, update

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.calendars.domain.month import Month
from sla.goals.tables import goal_warnings

WarnedState = Literal["at_risk", "lost"]
_COLUMNS: Final = {"at_risk": goal_warnings.c.at_risk_at, "lost": goal_warnings.c.lost_at}
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('goals of a month'))")
_SELECT_CUSTOMERS = text("""
    SELECT DISTINCT agreement.customer_id FROM agreement_versions version
    JOIN agreements agreement ON agreement.id = version.agreement_id
    WHERE agreement.contract = 'sla' AND agreement.ended_at IS NULL
        AND version.published_at IS NOT NULL AND version.valid_from <= :at
        AND (version.valid_until IS NULL OR version.valid_until > :at)
        AND jsonb_array_length(coalesce(version.promises -> 'goals', '[]')) > 0
    ORDER BY 1
""")


async def try_lock(tx: Connection) -> bool:
    """Lock the check of all goals until the end of the transaction; False where another one has it."""
    return bool(await tx.scalar(_TRY_LOCK))


async def list_customers(tx: Connection, at: datetime) -> list[UUID]:
    """The customers with an agreement that has goals at this instant."""
    return list(await tx.scalars(_SELECT_CUSTOMERS, {"at": at}))


async def add(
    tx: Connection, key: tuple[str, Month, str], state: WarnedState, at: datetime
) -> tuple[UUID, int] | None:
    """Store that a warning is sent now, and return the goal's id and the number of its event.

    `key`: agreement, month, and the goal in words. None where it was sent before, or a worse one was.
    The check of all goals is locked.
    """
    agreement, month, goal = key
    w = goal_warnings.c
    matches = [w.agreement == agreement, w.month == str(month), w.goal == goal]
    row = (await tx.execute(select(goal_warnings).where(*matches))).one_or_none()
    if row is None:
        id = uuid7()
        values = {
            "id": id,
            "agreement": agreement,
            "month": str(month),
            "goal": goal,
            "sequence": 1,
        }
        await tx.execute(insert(goal_warnings).values(values | {_COLUMNS[state].name: at}))
        return id, 1
    if row.lost_at is not None or state == "at_risk":
        return None
    sequence = row.sequence + 1
    statement = update(goal_warnings).where(w.id == row.id)
    await tx.execute(statement.values(lost_at=at, sequence=sequence))
    return row.id, sequence
