"""Whether a change request or a problem may close, by what was done since it last came back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from common.persistence.database import Connection
from intake.tickets.extending_tables import change_requests, problems
from intake.tickets.tables import tickets


async def is_change_delivered(tx: Connection, ticket_id: UUID) -> bool:
    """Whether the change reached an environment, or two people have said that it touches none (R7).

    What happened before the ticket was last reopened does not count.
    """
    ended = or_(
        _counts(change_requests.c.delivered_at),
        _counts(change_requests.c.no_environment_confirmed_at),
    )
    is_own = and_(change_requests.c.ticket_id == ticket_id, tickets.c.id == ticket_id)
    return bool(await tx.scalar(select(exists().where(is_own, ended))))


async def is_problem_settled(tx: Connection, ticket_id: UUID) -> bool:
    """Whether the problem is fixed, or two people have given it up since it was last reopened.

    Also where it was never recorded as a problem: then there is no fix to wait for.
    """
    is_own = and_(problems.c.ticket_id == ticket_id, tickets.c.id == ticket_id)
    settled = or_(problems.c.state == "fixed", _counts(problems.c.given_up_confirmed_at))
    return not await tx.scalar(select(exists().where(is_own, ~settled)))


def _counts(column: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether this happened, and after the ticket last came back. Never null, so that it can be negated."""
    is_after = or_(tickets.c.reopened_at.is_(None), column > tickets.c.reopened_at)
    return and_(column.is_not(None), is_after)
