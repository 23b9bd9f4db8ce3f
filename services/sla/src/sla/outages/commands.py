"""Store an outage, publish its event, and update the services and budgets that depend on it.

Order of locks: the outage; the conditions of dependent services; the downtime budgets.
"""

from collections.abc import Iterable, Sequence
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
from sla.outages.domain.open_counts import OpenCounts
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
from sla.outages.store import open_outages as now_open
from sla.outages.store import outages
from sla.outages.store.corrections import Correction


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


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of an outage: before and after it, by whom, and why."""

    before: Outage
    after: Outage
    actor: str
    reason: str | None = None


async def open_outage(tx: Connection, report: OutageReport, at: datetime) -> Outage:
    """Store and publish a new outage. It starts now at the latest."""
    return (await open_outages(tx, [report], at))[0]


async def open_outages(
    tx: Connection, reports: Sequence[OutageReport], at: datetime
) -> list[Outage]:
    """Store and publish new outages, in order; what depends on a scope is updated once."""
    keys = await outages.next_keys(tx, len(reports))
    opened = [_build(report, key, at) for report, key in zip(reports, keys, strict=True)]
    open_before = await _count_open(tx, opened)
    await outages.add(
        tx,
        [
            (one, build_record(one, "started", at, report.actor, reason=report.reason))
            for one, report in zip(opened, reports, strict=True)
        ],
    )
    events = []
    for one in opened:
        events.append(_event(OutageStarted, one, open_before.of(one), at))
        open_before.add(one, 1)
    await publish(tx, *events)
    await _update_dependents(tx, [(one, one) for one in opened], at)
    return opened


def _build(report: OutageReport, key: str, at: datetime) -> Outage:
    return Outage(
        uuid7(),
        key,
        report.scope,
        report.source,
        report.source_id,
        report.ticket_id,
        report.effect,
        truncate_to_second(min(report.started_at, at)),
        None,
        report.counts,
        reason=report.reason if report.source == "manual" else None,
    )


async def close_outage(
    tx: Connection,
    before: Outage,
    after: Outage,
    actor: str,
    at: datetime,
    reason: str | None = None,
) -> Outage:
    """Store and publish the end of an outage, whose row is locked."""
    return (await close_outages(tx, [Closing(before, after, actor, reason)], at))[0]


async def close_outages(tx: Connection, closings: Sequence[Closing], at: datetime) -> list[Outage]:
    """Store and publish the ends of outages, whose rows are locked; what depends on a scope is updated once."""
    if not closings:
        return []
    stored = [replace(one.after, sequence=one.after.sequence + 1) for one in closings]
    open_before = await _count_open(tx, [one.before for one in closings])
    await outages.save(
        tx,
        [
            (outage, build_record(outage, "ended", at, one.actor, None, one.reason))
            for outage, one in zip(stored, closings, strict=True)
        ],
    )
    events = []
    for outage, one in zip(stored, closings, strict=True):
        open_before.add(one.before, -1)
        events.append(_event(OutageEnded, outage, open_before.of(outage), at))
    await publish(tx, *events)
    pairs = [(one.before, outage) for one, outage in zip(closings, stored, strict=True)]
    await _update_dependents(tx, pairs, at)
    return stored


async def correct_outage(
    tx: Connection,
    before: Outage,
    after: Outage,
    correction: Correction,
    confirmed_by: str,
    at: datetime,
) -> Outage:
    """Store and publish a correction, which `confirmed_by` confirmed."""
    people = (correction.requested_by, confirmed_by)
    stored = await _update(tx, after, "corrected", people, at, correction.reason)
    extra = {
        "requested_by": correction.requested_by,
        "confirmed_by": confirmed_by,
        "correction_id": correction.id,
    }
    await emit(tx, OutageCorrected, stored, at, extra)
    await _update_dependents(tx, [(before, stored)], at)
    return stored


async def supersede_outage(
    tx: Connection, before: Outage, successor: Outage, created_by: str, at: datetime
) -> None:
    """Replace a ticket's outage by the one that monitoring measured, which is exact."""
    reason = f"measured by monitoring as {successor.key}"
    stored = await _update(
        tx, mark_superseded(before, successor.key), "superseded", (created_by, None), at, reason
    )
    await emit(tx, OutageSuperseded, stored, at, {"superseded_by": successor.key})
    await _update_dependents(tx, [(before, stored)], at)


async def _update(
    tx: Connection,
    outage: Outage,
    kind: RecordKind,
    people: tuple[str, str | None],
    at: datetime,
    reason: str | None,
) -> Outage:
    stored = replace(outage, sequence=outage.sequence + 1)
    record = build_record(stored, kind, at, people[0], people[1], reason)
    await outages.save(tx, [(stored, record)])
    return stored


async def emit(
    tx: Connection,
    event_type: type[OutageEvent],
    outage: Outage,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> None:
    """Publish an event about an outage at the outage's own sequence."""
    others_open = await _count_open(tx, [outage])
    if outage.ended_at is None:
        others_open.add(outage, -1)
    await publish(tx, _event(event_type, outage, others_open.of(outage), at, extra))


def _event(
    event_type: type[OutageEvent],
    outage: Outage,
    others_open: tuple[int, int],
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> OutboxEvent:
    wire_event = event_type(**outage_payload(outage, others_open, at) | (extra or {}))
    return OutboxEvent(wire_event, outage.sequence)


async def _count_open(tx: Connection, of: Iterable[Outage]) -> OpenCounts:
    counts = OpenCounts()
    for scope, ticket_id in dict.fromkeys((one.scope, one.ticket_id) for one in of):
        total, with_ticket = await now_open.count_open(tx, scope, ticket_id)
        counts.of_scope[scope] = total
        counts.of_ticket[scope, ticket_id] = with_ticket
    return counts


async def _update_dependents(
    tx: Connection, changes: Sequence[tuple[Outage, Outage]], at: datetime
) -> None:
    """Update what depends on the scopes of outages (before, after), each scope once."""
    scopes = dict.fromkeys(after.scope for _, after in changes)
    for scope in scopes:
        await update_degradations(tx, scope, at)
    for scope in scopes:
        both = [one for pair in changes if pair[1].scope == scope for one in pair]
        start = min(one.started_at for one in both)
        end = max(one.ended_at or at for one in both)
        await schedule_budget_checks(tx, scope, start, min(end, at), at)
