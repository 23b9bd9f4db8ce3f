"""What waivers are about now: the ticket, the metric, and by when they must be decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.waivers.tables import waivers

_running = clocks.alias("running")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a waiver is about. `ticket` (key) and `metric` of its clock; None for a period.

    `decide_by`: by when it must be decided to cover everything that it is about; None for a clock
    that does not run, because it has no deadline.
    """

    ticket: str | None
    metric: str | None
    decide_by: datetime | None


async def load_scopes(tx: Connection, ids: Collection[UUID], at: datetime) -> dict[UUID, Scope]:
    """Return the scopes of these waivers, by waiver id.

    A waiver over a period must be decided by the first deadline of the running clocks that it
    covers; without any by its start, or once it has started by its end.
    """
    statement = (
        select(waivers.c.id, tickets.c.key, clocks.c.metric, _decide_by(at).label("decide_by"))
        .select_from(waivers)
        .join(clocks, clocks.c.id == waivers.c.clock_id, isouter=True)
        .join(tickets, tickets.c.id == clocks.c.ticket_id, isouter=True)
        .where(waivers.c.id.in_(ids))
    )
    return {
        row.id: Scope(row.key, row.metric, row.decide_by) for row in await tx.execute(statement)
    }


async def get_deadline(tx: Connection, id: UUID, at: datetime) -> datetime | None:
    """Return by when this waiver must be decided: `Scope.decide_by`."""
    return (await load_scopes(tx, [id], at))[id].decide_by


def _decide_by(at: datetime) -> ColumnElement[datetime | None]:
    of_clock = case((clocks.c.state == "running", clocks.c.deadline))
    covers_until = _covers_until()
    start_or_end = case((waivers.c.starts_at > at, waivers.c.starts_at), else_=covers_until)
    of_period = func.coalesce(_first_deadline(at, covers_until), start_or_end)
    return case((waivers.c.clock_id.is_not(None), of_clock), else_=of_period)


def _covers_until() -> ColumnElement[datetime]:
    """Return `Waiver.covers_until` as SQL."""
    revoked_at = case((waivers.c.state == "revoked", waivers.c.ended_at))
    return func.least(waivers.c.expires_at, waivers.c.ends_at, revoked_at)


def _first_deadline(at: datetime, until: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """Return the first deadline of the running clocks that a waiver over a period covers."""
    ticket_ids = (
        select(tickets.c.id).where(tickets.c.service == waivers.c.service).correlate(waivers)
    )
    return (
        select(func.min(_running.c.deadline))
        .where(_running.c.state == "running", _running.c.contract == "sla")
        .where(_running.c.customer_id == waivers.c.customer_id)
        .where(_running.c.deadline >= func.greatest(waivers.c.starts_at, at))
        .where(_running.c.deadline < until)
        .where(or_(waivers.c.service.is_(None), _running.c.ticket_id.in_(ticket_ids)))
        .correlate(waivers)
        .scalar_subquery()
    )
