"""Store an outage, publish its event, and update the services and budgets that depend on it.

Order of locks: the outage; the conditions of dependent services; the downtime budgets.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from common.events.outages import (
    OutageCorrected,
    OutageEnded,
    OutageEvent,
    OutageStarted,
    OutageSuperseded,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.outages.degradations import update_degradations
from sla.outages.domain.outage import (
    Outage,
    RecordKind,
    Source,
    build_record,
    mark_superseded,
    truncate_to_second,
)
from sla.outages.domain.scope import Scope
from sla.outages.domain.state_timeline import Effect
from sla.outages.downtime_budgets import schedule_budget_checks
from sla.outages.events import outage_payload
from sla.outages.store import outages


@dataclass(frozen=True, slots=True)
class OutageReport:
    """What is down since when, by whose report. `counts` false: it waits for a
    second person."""

    scope: Scope
    source: Source
    source_id: UUID | None
    ticket_id: UUID | None
    effect: Effect
    started_at: datetime
    actor: str
    reason: str | None = None
    counts: bool = True


async def open_outage(tx: Connection, report: OutageReport, at: datetime) -> Outage:
    """Store and publish a new outage. It starts now at the latest."""
    outage = Outage(
        uuid7(),
        await outages.next_key(tx),
        report.scope,
        report.source,
        report.source_id,
        report.ticket_id,
        report.effect,
        truncate_to_second(min(report.started_at, at)),
        None,
        report.counts,
    )
    record = build_record(outage, "started", at, report.actor, reason=report.reason)
    await outages.add(tx, outage, record)
    await _emit(tx, OutageStarted, outage, at)
    await _update_dependents(tx, outage, outage, at)
    return outage


async def close_outage(
    tx: Connection,
    before: Outage,
    after: Outage,
    actor: str,
    at: datetime,
    reason: str | None = None,
) -> Outage:
    """Store and publish the end of an outage, whose row is locked."""
    stored = await _update(tx, after, "ended", (actor, None), at, reason)
    await _emit(tx, OutageEnded, stored, at)
    await _update_dependents(tx, before, stored, at)
    return stored


async def correct_outage(
    tx: Connection,
    before: Outage,
    after: Outage,
    people: tuple[str, str],
    at: datetime,
    reason: str,
) -> Outage:
    """Store and publish a correction. `people`: who requested it, and who confirmed it."""
    stored = await _update(tx, after, "corrected", people, at, reason)
    requested_by, confirmed_by = people
    extra = {"requested_by": requested_by, "confirmed_by": confirmed_by}
    await _emit(tx, OutageCorrected, stored, at, extra)
    await _update_dependents(tx, before, stored, at)
    return stored


async def supersede_outage(
    tx: Connection, before: Outage, successor: Outage, created_by: str, at: datetime
) -> None:
    """Replace a ticket's outage by the one that monitoring measured, which is exact."""
    reason = f"measured by monitoring as {successor.key}"
    stored = await _update(
        tx, mark_superseded(before), "superseded", (created_by, None), at, reason
    )
    await _emit(tx, OutageSuperseded, stored, at, {"superseded_by": successor.key})
    await _update_dependents(tx, before, stored, at)


async def _update(
    tx: Connection,
    outage: Outage,
    kind: RecordKind,
    people: tuple[str, str | None],
    at: datetime,
    reason: str | None,
) -> Outage:
    stored = replace(outage, sequence=outage.sequence + 1)
    await outages.save(tx, stored, build_record(stored, kind, at, people[0], people[1], reason))
    return stored


async def _emit(
    tx: Connection,
    event_type: type[OutageEvent],
    outage: Outage,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> None:
    others_open = await outages.count_open(
        tx, outage.scope, outage.ticket_id, excluded_id=outage.id
    )
    wire_event = event_type(**outage_payload(outage, others_open, at) | (extra or {}))
    await publish(tx, OutboxEvent(wire_event, outage.sequence))


async def _update_dependents(tx: Connection, before: Outage, after: Outage, at: datetime) -> None:
    await update_degradations(tx, after.scope, at)
    start = min(before.started_at, after.started_at)
    ends = (before.ended_at, after.ended_at)
    end = at if None in ends else max(one for one in ends if one is not None)
    await schedule_budget_checks(tx, after.scope, start, min(end, at), at)
