"""HTTP in: the explanation of a clock as data, text and chart (C9)."""

from collections.abc import Collection
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import ValidationFailed, Violation
from common.http import Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Window, maintenance_windows
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.zone import zone_names
from sla.clocks.commands import load_timetables
from sla.clocks.domain.clock import Firing, Timetables
from sla.clocks.domain.explanation import explain_intervals
from sla.clocks.domain.explanation_report import ExplanationReport, terms_changes
from sla.clocks.domain.explanation_text import render_text
from sla.clocks.domain.snapshot import take_snapshot
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.explanation_chart import render_svg
from sla.clocks.routes.clocks import get_visible_clock
from sla.clocks.schemas import ExplanationRead, IntervalRead, TermsChangeRead, clock_to_response
from sla.clocks.store import inputs
from sla.path_parameters import ClockId

routes = router("/v1/clocks", tags=["clocks"])

SVG, TEXT = "image/svg+xml", "text/plain"
MEDIA_TYPES = {"svg": SVG, "text": TEXT, "json": "application/json"}


class ClockExplanation:
    """A requested clock with its explanation."""

    def __init__(
        self,
        ticket_clock: TicketClock,
        report: ExplanationReport,
        tables: Timetables,
        house_defaults: Collection[UUID],
    ) -> None:
        self.ticket_clock, self.report, self.tables = ticket_clock, report, tables
        self.house_defaults = house_defaults

    def to_response(self) -> ExplanationRead:
        """Build the response as data."""
        terms, report = self.ticket_clock.clock.terms, self.report
        return ExplanationRead(
            clock=clock_to_response(
                self.ticket_clock, report.as_of, self.tables, self.house_defaults
            ),
            as_of=report.as_of,
            agreement_version=self.ticket_clock.ticket.agreement_version,
            promise=report.promise,
            calendar_version=terms.calendar,
            tz_version=self.tables[terms.calendar].calendar.zone.version,
            elapsed_seconds=report.snapshot.counted // SECOND,
            changes=[
                TermsChangeRead(
                    at=one.at,
                    reason=one.reason,
                    target_seconds=None if one.target is None else one.target // SECOND,
                )
                for one in report.changes
            ],
            intervals=[
                IntervalRead(
                    starts_at=one.start,
                    ends_at=one.end,
                    reason=one.reason,
                    elapsed_seconds=one.counted // SECOND,
                    name=one.name,
                )
                for one in report.intervals
            ],
        )


async def _load_explanation(
    clock_id: ClockId,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
    zone: Annotated[
        str | None,
        Query(max_length=100, description="The reader's time zone, by default the calendar's."),
    ] = None,
) -> ClockExplanation:
    if zone is not None and zone not in zone_names():
        detail = f"{zone!r} is not a valid IANA time zone; write it like Europe/Amsterdam"
        raise ValidationFailed([Violation("/query/zone", "unknown_timezone", detail)])
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    agreement = await _load_agreement(tx, ticket_clock)
    tables = await load_timetables(tx, [ticket_clock])
    maintenance = await _load_maintenance(tx, ticket_clock, agreement)
    at, terms = await transaction_time(tx), ticket_clock.clock.terms
    calendar_zone = tables[terms.calendar].calendar.zone
    stored_inputs = await inputs.list_by_clock(tx, clock_id)
    firings: list[Firing] = [
        one.input.firing for one in stored_inputs if one.input.firing is not None
    ]
    report = ExplanationReport(
        _heading(ticket_clock),
        await _describe_promise(
            tx, ticket_clock, agreement, f"{calendar_zone.name}, tz {calendar_zone.version}"
        ),
        ticket_clock.clock,
        take_snapshot(ticket_clock.clock, at, tables),
        explain_intervals(ticket_clock.clock, at, tables, maintenance),
        firings,
        at,
        ZoneInfo(zone or calendar_zone.name),
        terms_changes(one.input for one in stored_inputs),
    )
    defaults = await agreements.find_house_defaults(
        tx, {ticket_clock.ticket.agreement_version} - {None}
    )
    return ClockExplanation(ticket_clock, report, tables, defaults)


RequestedExplanation = Annotated[ClockExplanation, Depends(_load_explanation, scope="function")]


@routes.get(
    "/{clock}/explanation",
    response_model=ExplanationRead,
    responses={200: {"content": {TEXT: {}, SVG: {}}}},
)
async def explain_clock(
    explanation: RequestedExplanation,
    request: Request,
    format: Annotated[Literal["json", "text", "svg"] | None, Query()] = None,
) -> ExplanationRead | Response:
    """Explain a clock, interval by interval: what counted, what did not, and why.

    The counted intervals add up to the elapsed time. The response is text or a chart with `format`,
    or with `Accept: text/plain` or `image/svg+xml`.
    """
    media_type = MEDIA_TYPES[format] if format else request.headers.get("accept", "")
    if media_type.startswith(SVG):
        return _svg_response(explanation)
    if media_type.startswith(TEXT):
        return Response(render_text(explanation.report), media_type=f"{TEXT}; charset=utf-8")
    return explanation.to_response()


@routes.get("/{clock}/explanation.svg", response_class=Response)
async def get_explanation_svg(explanation: RequestedExplanation) -> Response:
    """Render the timeline of a clock as SVG: how its counted time rose, and why it did not."""
    return _svg_response(explanation)


def _svg_response(explanation: ClockExplanation) -> Response:
    return Response(render_svg(explanation.report), media_type=SVG)


async def _load_agreement(tx: Connection, ticket_clock: TicketClock) -> Agreement | None:
    id = ticket_clock.ticket.agreement_version
    return None if id is None else (await agreements.get_versions(tx, [id])).get(id)


async def _load_maintenance(
    tx: Connection, ticket_clock: TicketClock, agreement: Agreement | None
) -> list[Window]:
    if agreement is None:
        return []
    weekly = agreement.maintenance.weekly
    tables = await calendars.load_timetables(tx, [weekly] if weekly else [])
    start = ticket_clock.clock.opened_at
    return maintenance_windows(agreement.maintenance, tables, start, await transaction_time(tx))


def _heading(ticket_clock: TicketClock) -> str:
    ticket, metric = ticket_clock.ticket, ticket_clock.clock.metric.replace("_", " ")
    party = {
        "sla": f"for {ticket.customer}",
        "ola": "by second level",
        "uc": f"by {ticket_clock.partner}",
    }
    return f"{ticket.key} {ticket.title}: {metric} {party[ticket_clock.clock.contract]}, {ticket.priority}"


async def _describe_promise(
    tx: Connection, ticket_clock: TicketClock, agreement: Agreement | None, zone: str
) -> str:
    calendar = await calendars.find(tx, ticket_clock.clock.terms.calendar)
    assert calendar is not None
    hours = f"calendar {calendar.key} (version {calendar.version}, {zone})"
    if agreement is None:
        return hours
    return f"agreement {agreement.key} (version {agreement.version}), {hours}"
