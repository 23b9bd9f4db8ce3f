"""Generates the report on a customer's month from what is known."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from common.domain.durations import SECOND
from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement, own_or_default
from sla.agreements.store import agreements
from sla.calendars.domain.month import Month, Span, zone_or_utc
from sla.capacity.queries import load_measurements
from sla.capacity.store import series
from sla.clocks.commands import load_timetables
from sla.clocks.store import clocks, tickets
from sla.directory.store.customers import CustomerProfile
from sla.directory.store.people import names_of_accounts
from sla.goals.queries import load_goals
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.store import availability
from sla.reports import rollup_jobs
from sla.reports.store import monthly_figures
from sla.reviews.domain import assembly, uptimes
from sla.reviews.domain.month_end import final_at, holds_in
from sla.reviews.domain.parties import AgreementLine, to_agreement_line
from sla.reviews.domain.report import (
    MAX_LIST_ROWS,
    Breach,
    MeasuredLine,
    OutageLine,
    Report,
    ReservedHoursLine,
    Uptime,
    WaiverLine,
)
from sla.reviews.store import deliveries, meetings
from sla.time_entries.store import reserved_hours
from sla.waivers.store import summaries as waiver_summaries
from sla.waivers.store.summaries import WaiverSummary


async def generate_report(
    tx: Connection, customer: CustomerProfile, month: Month, at: datetime
) -> Report:
    """The report on a customer's month as things are known at `at`."""
    zone = zone_or_utc(customer.timezone)
    span = month.span(zone)
    model = await availability.load_month(tx, {customer.id}, month.first)
    agreed = own_or_default(model.agreements.get(customer.id, ()))
    over_at = final_at(month, zone, agreed)
    goals = await load_goals(tx, model, customer.id, month, at)
    await rollup_jobs.recount_now(tx)
    months = assembly.trend_months(month)
    trend = (await monthly_figures.usages(tx, months, customer.id))[None]
    breaches, breaches_total, covering = await _breaches(tx, customer, span, at)
    waivers, requests = await _waiver_lines(tx, customer, span, covering)
    uptime_lines, outages = await _availability_lines(tx, model, customer, month, at)
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
        days=assembly.fill_days(month, await monthly_figures.days(tx, customer.id, month)),
        metrics=await monthly_figures.parts(tx, customer.id, month, "metric"),
        priorities=assembly.sort_by_urgency(
            await monthly_figures.parts(tx, customer.id, month, "priority")
        ),
        services=assembly.name_services(
            await monthly_figures.parts(tx, customer.id, month, "service")
        ),
        response_times=await monthly_figures.response_times(tx, customer.id, span),
        breaches=breaches,
        breaches_total=breaches_total,
        waivers=waivers,
        requests=requests,
        outages=outages,
        uptimes=uptime_lines,
        upcoming=await deliveries.list_upcoming(tx, customer.key, MAX_LIST_ROWS),
        delivered=await deliveries.list_delivered(tx, customer.key, *span, MAX_LIST_ROWS),
        reserved=await _reserved_hours(tx, customer, month),
        measured=await _measured_lines(tx, customer, month, at),
        preliminary=at < over_at,
        final_at=over_at,
        unknown_timezone=None if zone.key == customer.timezone else customer.timezone,
        goals=goals.results,
        credits=goals.credits,
        suppliers=await monthly_figures.suppliers(tx, customer.id, month),
        agreements=await _agreement_lines(tx, agreed, month),
        metrics_before=await monthly_figures.parts(tx, customer.id, month.before, "metric"),
    )


async def _agreement_lines(
    tx: Connection, versions: Iterable[Agreement], month: Month
) -> tuple[AgreementLine, ...]:
    """The versions that held in the month, with who signed them."""
    held = [one for one in versions if holds_in(one, month)]
    stored = [one for each in held if (one := await agreements.find(tx, each.id)) is not None]
    signers = {
        signature.by
        for one in stored
        for signature in (one.lifecycle.provider_signature, one.lifecycle.counter_signature)
        if signature is not None
    }
    names = await names_of_accounts(tx, signers)
    lines = (to_agreement_line(one.agreement, one.lifecycle, names) for one in stored)
    return tuple(sorted(lines, key=lambda line: (line.key, line.version)))


async def _breaches(
    tx: Connection, customer: CustomerProfile, span: Span, at: datetime
) -> tuple[tuple[Breach, ...], int, frozenset[UUID]]:
    """The first breaches of the month, how many there are, and the waivers that cover them."""
    ids, total = await monthly_figures.find_breached(tx, customer.id, span, MAX_LIST_ROWS)
    clocks_by_id = {one.id: one for one in await clocks.load(tx, ids)}
    tables = await load_timetables(tx, clocks_by_id.values())
    keys = await waiver_summaries.keys_by_id(
        tx, [w.waiver_id for one in clocks_by_id.values() for w in one.clock.waivers]
    )
    comments = await meetings.latest_breach_comments(tx, ids)
    breaches = (assembly.to_breach(clocks_by_id[id], at, tables, keys, comments) for id in ids)
    covering = (one.clock.waiver for one in clocks_by_id.values())
    return tuple(breaches), total, frozenset(one.waiver_id for one in covering if one)


async def _waiver_lines(
    tx: Connection, customer: CustomerProfile, span: Span, covering: Collection[UUID]
) -> tuple[tuple[WaiverLine, ...], tuple[WaiverLine, ...]]:
    """The waivers that cover a breach of the month, whenever they were asked for; and the other
    requests of the month (C11)."""
    found = await waiver_summaries.list_of_month(tx, customer.id, span, covering, MAX_LIST_ROWS)
    lines = [(one.id in covering, _to_line(one)) for one in found]
    return (
        tuple(line for covers, line in lines if covers),
        tuple(line for covers, line in lines if not covers),
    )


def _to_line(summary: WaiverSummary) -> WaiverLine:
    values = asdict(summary)
    del values["id"]
    return WaiverLine(**values)


async def _reserved_hours(
    tx: Connection, customer: CustomerProfile, month: Month
) -> tuple[ReservedHoursLine, ...]:
    """The reserved hours of the month by agreement."""
    first, until = month.first, month.after.first
    utilisations = await reserved_hours.page(
        tx, first, until, customer_id=customer.id, limit=MAX_LIST_ROWS
    )
    return tuple(
        ReservedHoursLine(one.agreement, one.hours.reserved // SECOND, one.hours.used // SECOND)
        for one in utilisations
        if one.hours.reserved is not None
    )


async def _measured_lines(
    tx: Connection, customer: CustomerProfile, month: Month, at: datetime
) -> tuple[MeasuredLine, ...]:
    promised_series = await series.page(tx, customer.key, MAX_LIST_ROWS, None, only_promised=True)
    return tuple(
        MeasuredLine(
            one.series.name,
            one.series.service or one.series.environment or "",
            one.series.unit,
            one.promise.statistic,
            one.promise.better,
            one.promise.target,
            one.actual,
            one.verdict,
        )
        for one in await load_measurements(tx, promised_series[:MAX_LIST_ROWS], at, month)
    )


async def _availability_lines(
    tx: Connection, model: AvailabilityModel, customer: CustomerProfile, month: Month, at: datetime
) -> tuple[tuple[Uptime, ...], tuple[OutageLine, ...]]:
    """Of production as a whole, and of each service that is promised or was down (C12)."""
    day, zone = month.first, zone_or_utc(customer.timezone)
    promised_services = {
        name
        for one in own_or_default(model.agreements.get(customer.id, ()))
        for name in one.services
    }
    services = sorted(
        promised_services | {one.scope.service for one in model.outages if one.scope.service}
    )
    queries = {uptimes.PRODUCTION_SUBJECT: AvailabilityQuery(customer.id)} | {
        name: AvailabilityQuery(customer.id, service=name) for name in services
    }
    availabilities = {
        name: model.availability_of_month(query, day, at) for name, query in queries.items()
    }
    outages = list(uptimes.relevant_outages(model.outages, availabilities.values()))
    ticket_ids = {one.ticket_id for one in outages if one.ticket_id}
    # An outage of everybody may come from another customer's ticket, whose words are not for this one.
    causes = await tickets.get_titles(tx, ticket_ids, customer.id)
    outage_lines = [
        uptimes.to_outage_line(one, causes.get(one.ticket_id, ""), month.span(zone), at)
        for one in sorted(outages, key=lambda one: (one.started_at, one.key))
    ]
    uptime_lines = tuple(uptimes.to_uptime(name, one, zone) for name, one in availabilities.items())
    return uptime_lines, tuple(outage_lines[:MAX_LIST_ROWS])
