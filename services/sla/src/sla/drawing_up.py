"""A customer's month, drawn up from what is known: for the timer, for people, and for corrections."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from common.database import Connection
from sla.clocks.tracked import Tracked
from sla.progress import timetables
from sla.reviews import assembling
from sla.reviews.month import Month, Span, zone_named
from sla.reviews.report import LONGEST_LIST, Breach, Report
from sla.store import clocks, deliveries, happened, meetings, waived
from sla.store.customers import Named
from sla.store.happened import Stretch


async def drawn(tx: Connection, customer: Named, month: Month, at: datetime) -> Report:
    """The report on that month as things are known at `at`."""
    zone = zone_named(customer.timezone)
    span = month.span(zone)
    stretch = Stretch(customer.id, *span)
    months = assembling.months_until(month)
    stretches = [Stretch(customer.id, *one.span(zone)) for one in months]
    ended = await happened.outcomes(tx, stretches)
    volumes = await happened.volumes(tx, stretches)
    trend = tuple(map(assembling.usage, months, volumes, ended))
    breaches, broken = await _breaches(tx, stretch, at)
    return Report(
        customer=customer.key,
        name=customer.name,
        timezone=zone.key,
        month=str(month),
        since=span.since,
        until=span.until,
        drawn_at=at,
        usage=trend[-1],
        before=trend[-2],
        trend=trend,
        days=assembling.days(month, await happened.days(tx, stretch, zone.key)),
        metrics=assembling.by_metric(ended[-1]),
        priorities=assembling.by_priority(ended[-1]),
        services=assembling.by_service(ended[-1]),
        spreads=await happened.spreads(tx, stretch),
        breaches=breaches,
        breaches_total=broken,
        waivers=await waived.asked_within(tx, customer.id, *span, LONGEST_LIST),
        upcoming=await deliveries.upcoming(tx, customer.key, LONGEST_LIST),
        delivered=await deliveries.delivered(tx, customer.key, *span, LONGEST_LIST),
        notes=_notes(customer, zone, span, at),
    )


def _notes(customer: Named, zone: ZoneInfo, span: Span, at: datetime) -> tuple[str, ...]:
    notes = []
    if at < span.until:
        notes.append("The month is not over: these figures are preliminary.")
    if zone.key != customer.timezone:
        notes.append(f"The zone {customer.timezone} is not known here: days are counted in UTC.")
    return tuple(notes)


async def _breaches(
    tx: Connection, stretch: Stretch, at: datetime
) -> tuple[tuple[Breach, ...], int]:
    ids, total = await happened.broken(tx, stretch, LONGEST_LIST)
    tracked = {one.id: one for one in await clocks.load(tx, ids)}
    tables = await timetables(tx, tracked.values())
    keys = await waived.keys(tx, [w.waiver for one in tracked.values() for w in one.clock.waivers])
    remarks = await meetings.remarks(tx, ids)
    ordered: Sequence[Tracked] = [tracked[id] for id in ids]
    return tuple(assembling.breach(one, at, tables, keys, remarks) for one in ordered), total
