"""What every edge does with an outage: write it down, tell the others, and what follows from it.

The order of locks: the outage, the conditions of services that rest upon it, the budgets.
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
from sla.outages.degradations import restate
from sla.outages.domain.outage import Outage, RecordKind, Source, record_of, superseded, whole
from sla.outages.domain.scope import Place
from sla.outages.domain.timeline import Effect
from sla.outages.downtime_budgets import keep_budgets
from sla.outages.events import outage_facts
from sla.outages.store import outages


@dataclass(frozen=True, slots=True)
class Report:
    """That something is down: said by whom, of where, from when on."""

    place: Place
    source: Source
    source_id: UUID | None
    ticket_id: UUID | None
    effect: Effect
    started_at: datetime
    by: str
    reason: str | None = None


async def begin(tx: Connection, report: Report, at: datetime) -> Outage:
    """Write down and announce a new outage. Its beginning is never later than now."""
    outage = Outage(
        uuid7(),
        await outages.next_key(tx),
        report.place,
        report.source,
        report.source_id,
        report.ticket_id,
        report.effect,
        whole(min(report.started_at, at)),
        None,
    )
    said = record_of(outage, "started", at, report.by, reason=report.reason)
    await outages.add(tx, outage, said)
    await _tell(tx, OutageStarted, outage, at)
    await _follow(tx, outage, outage, at)
    return outage


async def finish(
    tx: Connection, before: Outage, after: Outage, by: str, at: datetime, reason: str | None = None
) -> Outage:
    """Write down and announce its end. The row is locked."""
    kept = await _keep(tx, after, "ended", (by, None), at, reason)
    await _tell(tx, OutageEnded, kept, at)
    await _follow(tx, before, kept, at)
    return kept


async def correct(
    tx: Connection,
    before: Outage,
    after: Outage,
    people: tuple[str, str],
    at: datetime,
    reason: str,
) -> Outage:
    """Write down what two `people` corrected: the one who asked, and the one who confirmed."""
    kept = await _keep(tx, after, "corrected", people, at, reason)
    asked, confirmed = people
    more = {"requested_by": asked, "confirmed_by": confirmed}
    await _tell(tx, OutageCorrected, kept, at, more)
    await _follow(tx, before, kept, at)
    return kept


async def supersede(
    tx: Connection, before: Outage, by: Outage, created_by: str, at: datetime
) -> None:
    """A ticket's outage gives way to the monitor's own, which is exact."""
    reason = f"measured by monitoring as {by.key}"
    kept = await _keep(tx, superseded(before), "superseded", (created_by, None), at, reason)
    await _tell(tx, OutageSuperseded, kept, at, {"superseded_by": by.key})
    await _follow(tx, before, kept, at)


async def _keep(
    tx: Connection,
    outage: Outage,
    kind: RecordKind,
    people: tuple[str, str | None],
    at: datetime,
    reason: str | None,
) -> Outage:
    kept = replace(outage, sequence=outage.sequence + 1)
    await outages.save(tx, kept, record_of(kept, kind, at, people[0], people[1], reason))
    return kept


async def _tell(
    tx: Connection,
    event: type[OutageEvent],
    outage: Outage,
    at: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    others = await outages.count_open(tx, outage.place, but=outage.id)
    told = event(**outage_facts(outage, others, at) | (more or {}))
    await publish(tx, OutboxEvent(told, outage.sequence))


async def _follow(tx: Connection, before: Outage, after: Outage, at: datetime) -> None:
    await restate(tx, after.place, at)
    start = min(before.started_at, after.started_at)
    ends = (before.ended_at, after.ended_at)
    end = at if None in ends else max(one for one in ends if one is not None)
    await keep_budgets(tx, after.place, start, min(end, at), at)
