"""A customer's month, drawn up from what is known: for the timer, for people, and for corrections."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from common.persistence.database import Connection
from sla.calendars.domain.month import Month, Span, zone_named
from sla.capacity.queries import measured
from sla.capacity.store import series
from sla.clocks.commands import timetables
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store import clocks, tickets
from sla.directory.store.customers import Named
from sla.outages.domain.scope import Question
from sla.outages.store import availability
from sla.reports import rollup_jobs as counting
from sla.reports.store import monthly_figures
from sla.reviews.domain import assembly as assembling
from sla.reviews.domain import uptimes
from sla.reviews.domain.assembly import SECOND
from sla.reviews.domain.report import (
    LONGEST_LIST,
    Breach,
    MeasuredLine,
    OutageLine,
    Report,
    Reserved,
    Uptime,
)
from sla.reviews.store import deliveries, meetings, waived
from sla.time_entries.store import reserved_hours as hours


async def drawn(tx: Connection, customer: Named, month: Month, at: datetime) -> Report:
    """The report on that month as things are known at `at`."""
    zone = zone_named(customer.timezone)
    span = month.span(zone)
    await counting.settle(tx)
    trail = assembling.months_until(month)
    trend = (await monthly_figures.usages(tx, trail, customer.id))[None]
    breaches, broken = await _breaches(tx, customer, span, at)
    shares, outages = await _availability(tx, customer, month, at)
    return Report(
        customer=customer.key,
        name=customer.name,
        timezone=zone.key,
        month=str(month),
        starts_at=span.since,
        ends_at=span.until,
        generated_at=at,
        usage=trend[-1],
        previous_month=trend[-2],
        trend=trend,
        days=assembling.days(month, await monthly_figures.days(tx, customer.id, month)),
        metrics=await monthly_figures.parts(tx, customer.id, month, "metric"),
        priorities=assembling.by_urgency(
            await monthly_figures.parts(tx, customer.id, month, "priority")
        ),
        services=assembling.by_service(
            await monthly_figures.parts(tx, customer.id, month, "service")
        ),
        response_times=await monthly_figures.spreads(tx, customer.id, month),
        breaches=breaches,
        breaches_total=broken,
        waivers=await waived.asked_within(tx, customer.id, *span, LONGEST_LIST),
        outages=outages,
        uptimes=shares,
        upcoming=await deliveries.upcoming(tx, customer.key, LONGEST_LIST),
        delivered=await deliveries.delivered(tx, customer.key, *span, LONGEST_LIST),
        reserved=await _reserved(tx, customer, month),
        measured=await _measured(tx, customer, month, at),
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
    tx: Connection, customer: Named, span: Span, at: datetime
) -> tuple[tuple[Breach, ...], int]:
    ids, total = await monthly_figures.broken(tx, customer.id, span, LONGEST_LIST)
    tracked = {one.id: one for one in await clocks.load(tx, ids)}
    tables = await timetables(tx, tracked.values())
    keys = await waived.keys(tx, [w.waiver for one in tracked.values() for w in one.clock.waivers])
    remarks = await meetings.remarks(tx, ids)
    ordered: Sequence[Tracked] = [tracked[id] for id in ids]
    return tuple(assembling.breach(one, at, tables, keys, remarks) for one in ordered), total


async def _reserved(tx: Connection, customer: Named, month: Month) -> tuple[Reserved, ...]:
    """By agreement; hours are booked by the customer's dates."""
    first, until = month.first, month.after.first
    found = await hours.page(tx, first, until, customer_id=customer.id, limit=LONGEST_LIST)
    return tuple(
        Reserved(one.agreement, one.hours.reserved // SECOND, one.hours.used // SECOND)
        for one in found
        if one.hours.reserved is not None
    )


async def _measured(
    tx: Connection, customer: Named, month: Month, at: datetime
) -> tuple[MeasuredLine, ...]:
    promised = await series.page(tx, customer.key, LONGEST_LIST, None, promised=True)
    return tuple(
        MeasuredLine(
            one.series.name,
            one.series.service or one.series.environment or "",
            one.series.unit,
            one.required.statistic,
            one.required.better,
            one.required.target,
            one.actual,
            one.verdict,
        )
        for one in await measured(tx, promised[:LONGEST_LIST], at, month)
    )


async def _availability(
    tx: Connection, customer: Named, month: Month, at: datetime
) -> tuple[tuple[Uptime, ...], tuple[OutageLine, ...]]:
    """Of production as a whole, and of each service that was promised or was down (C12)."""
    day, zone = month.first, zone_named(customer.timezone)
    known = await availability.known_of_month(tx, {customer.id}, day)
    promised = {name for one in known.agreements.get(customer.id, ()) for name in one.services}
    services = sorted(promised | {one.place.service for one in known.outages if one.place.service})
    questions = {uptimes.PRODUCTION: Question(customer.id)} | {
        name: Question(customer.id, service=name) for name in services
    }
    found = {name: known.of_month(asked, day, at) for name, asked in questions.items()}
    outages = list(uptimes.concerned(known.outages, found.values()))
    causes = await tickets.titles(tx, {one.ticket_id for one in outages if one.ticket_id})
    lines = [
        uptimes.line(one, causes.get(one.ticket_id, ""), month.span(zone), at)
        for one in sorted(outages, key=lambda one: (one.started_at, one.key))
    ]
    shown = tuple(uptimes.uptime(name, one, zone) for name, one in found.items())
    return shown, tuple(lines[:LONGEST_LIST])
