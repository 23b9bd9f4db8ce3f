"""Owe an improvement and store its steps, each with its event and audit entry, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common import audit
from common.audit import JSON
from common.domain import SYSTEM, Actor, Rejection
from common.events.improvements import (
    ImprovementEvent,
    ImprovementOverdue,
    ImprovementOwed,
    ImprovementVerified,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.improvements import store
from intake.improvements.domain import TIME_TO_IMPROVE, Cause, Improvement
from intake.reasons import store as reasons

DEADLINE_KIND: Final = "monitoring_improvement"
"""The kind of deadline at which an improvement that is not done becomes overdue."""
"""Who acts where a time was over."""


async def owe(
    tx: Connection, ticket_id: UUID, ticket: str, cause: Cause, actor: Actor, at: datetime
) -> None:
    """Owe an improvement for a locked ticket, once for each cause (R9)."""
    if await store.is_owed(tx, ticket_id, cause):
        return
    key = await store.new_key(tx)
    owed = Improvement(uuid7(), key, ticket_id, ticket, cause, at, at + TIME_TO_IMPROVE, sequence=1)
    await store.add(tx, owed)
    await _publish(tx, ImprovementOwed, owed, actor.sub, at)
    await _record(tx, owed, actor, at, "improvement.owe", {"ticket": ticket, "cause": cause})
    await schedule(tx, [Deadline(DEADLINE_KIND, owed.id, owed.due_at)])


async def save_step(
    tx: Connection,
    before: Improvement,
    outcome: Improvement | Rejection,
    action: str,
    actor: Actor,
    at: datetime,
    grounds: Mapping[str, JSON],
) -> Improvement | Rejection:
    """Store the outcome of a rule on a locked improvement; a rejection is audited, too."""
    if isinstance(outcome, Rejection):
        denied = {**grounds, "denied": outcome.code}
        await _record(tx, before, actor, at, f"improvement.{action}", denied)
        return outcome
    if outcome.state == "verified":
        outcome = replace(outcome, sequence=outcome.sequence + 1)
        await _publish(tx, ImprovementVerified, outcome, actor.sub, at)
    await store.save(tx, outcome)
    await _record(tx, outcome, actor, at, f"improvement.{action}", grounds)
    is_armed = outcome.state in {"owed", "planned"} and outcome.overdue_at is None
    due_at = outcome.due_at if is_armed else None
    await schedule(tx, [Deadline(DEADLINE_KIND, outcome.id, due_at)])
    return outcome


async def announce_overdue(tx: Connection, improvement: Improvement, at: datetime) -> None:
    """Store and publish that the time of a locked improvement is over."""
    late = replace(improvement, sequence=improvement.sequence + 1)
    await store.save(tx, late)
    await _publish(tx, ImprovementOverdue, late, SYSTEM.sub, at)
    await _record(tx, late, SYSTEM, at, "improvement.overdue", {})


async def _publish(
    tx: Connection, event: type[ImprovementEvent], one: Improvement, actor: str, at: datetime
) -> None:
    announcement = event(
        at=at,
        improvement_id=one.id,
        improvement=one.key,
        ticket_id=one.ticket_id,
        ticket=one.ticket,
        cause=one.cause,
        owner=one.owner,
        due_at=one.due_at,
        by=actor,
    )
    await publish(tx, OutboxEvent(announcement, one.sequence))


async def _record(
    tx: Connection,
    one: Improvement,
    actor: Actor,
    at: datetime,
    action: str,
    grounds: Mapping[str, JSON],
) -> None:
    await reasons.record(tx, audit.Entry.by(actor, at, action, f"improvement/{one.id}", grounds))
