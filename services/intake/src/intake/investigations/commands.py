"""Start and end an investigation; one that takes too long owes an improvement of the monitoring."""

from datetime import datetime, timedelta
from uuid import UUID

from common.audit import JSON
from common.domain import Actor, Rejection
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.improvements.commands import owe
from intake.investigations import store
from intake.investigations.domain import Investigation, check_start, end
from intake.tickets.commands import audit_rejection, save_change
from intake.tickets.domain.ticket import Ticket
from intake.tickets.ending_investigations import LONG_INVESTIGATION


async def start_investigation(
    tx: Connection, ticket: Ticket, limit: timedelta, actor: Actor, at: datetime
) -> Investigation | Rejection:
    """Start an investigation of a locked ticket."""
    if rejection := check_start(ticket, await store.find_open(tx, ticket.id)):
        await audit_rejection(tx, ticket, actor, at, "ticket.investigate", rejection)
        return rejection
    started = Investigation(uuid7(), ticket.id, actor.sub, at, at + limit)
    await store.add(tx, started)
    await save_change(tx, ticket, ticket, actor, at, "ticket.investigate")
    # Equal is in time: the first moment after the limit.
    late_at = started.limit_at + timedelta(microseconds=1)
    await schedule(tx, [Deadline(LONG_INVESTIGATION, started.id, late_at)])
    return started


async def end_investigation(
    tx: Connection,
    ticket: Ticket,
    investigation: Investigation,
    cause: str | None,
    actor: Actor,
    at: datetime,
    *,
    found: bool,
) -> Investigation | Rejection:
    """End an investigation of a locked ticket."""
    ended = end(investigation, actor.sub, cause, found=found, at=at)
    if isinstance(ended, Rejection):
        await audit_rejection(tx, ticket, actor, at, "ticket.end_investigation", ended)
        return ended
    await store.save(tx, ended)
    grounds: dict[str, JSON] = {"cause_found": found, "investigation": str(ended.id)}
    await save_change(tx, ticket, ticket, actor, at, "ticket.end_investigation", grounds=grounds)
    await schedule(tx, [Deadline(LONG_INVESTIGATION, ended.id, None)])
    await owe_if_long(tx, ended, ticket.id, ticket.key, actor, at)
    return ended


async def owe_if_long(
    tx: Connection, one: Investigation, ticket_id: UUID, ticket: str, actor: Actor, at: datetime
) -> None:
    """Owe an improvement where the search takes, or took, longer than the set time (R9)."""
    if one.is_long(at):
        await owe(tx, ticket_id, ticket, "long_investigation", actor, at)
