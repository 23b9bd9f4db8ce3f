"""Why a clock stands where it stands: as data, in words, and as a picture (C9)."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Window, maintenance_windows
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.zone import zone_names
from sla.clocks.commands import timetables
from sla.clocks.domain.clock import Firing, Timetables
from sla.clocks.domain.explanation import explained
from sla.clocks.domain.explanation_report import Story, turns
from sla.clocks.domain.explanation_text import in_words
from sla.clocks.domain.snapshot import standing
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.explanation_chart import picture
from sla.clocks.routes.clocks import visible
from sla.clocks.schemas import ExplanationTold, IntervalTold, TurnTold, clock_told
from sla.clocks.store import inputs

routes = router("/v1/clocks", tags=["clocks"])

SECOND = timedelta(seconds=1)
SVG, TEXT = "image/svg+xml", "text/plain"
FORMATS = {"svg": SVG, "text": TEXT, "json": "application/json"}


class Explaining:
    """A clock that somebody asks about, with all that explains it."""

    def __init__(self, tracked: Tracked, story: Story, tables: Timetables) -> None:
        self.tracked, self.story, self.tables = tracked, story, tables

    def told(self) -> ExplanationTold:
        terms, story = self.tracked.clock.terms, self.story
        return ExplanationTold(
            clock=clock_told(self.tracked, story.as_of, self.tables),
            as_of=story.as_of,
            agreement_version=self.tracked.ticket.agreement_version,
            promise=story.promise,
            calendar_version=terms.calendar,
            tz_version=self.tables[terms.calendar].calendar.zone.version,
            elapsed_seconds=story.standing.counted // SECOND,
            changes=[
                TurnTold(
                    at=one.at,
                    reason=one.why,
                    target_seconds=None if one.target is None else one.target // SECOND,
                )
                for one in story.turns
            ],
            intervals=[
                IntervalTold(
                    starts_at=one.start,
                    ends_at=one.end,
                    reason=one.why,
                    elapsed_seconds=one.counted // SECOND,
                    name=one.name,
                )
                for one in story.intervals
            ],
        )


async def _asked(
    clock_id: UUID,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
    zone: Annotated[
        str | None, Query(max_length=100, description="The reader's; else the calendar's.")
    ] = None,
) -> Explaining:
    if zone is not None and zone not in zone_names():
        unknown = f"{zone!r} is no IANA time zone; write it like Europe/Amsterdam"
        raise ValidationFailed([Violation("/zone", "timezone", unknown)])
    tracked = await visible(tx, clock_id, caller)
    agreement = await _agreement(tx, tracked)
    tables = await timetables(tx, [tracked])
    maintenance = await _maintenance(tx, tracked, agreement)
    at, terms = await transaction_time(tx), tracked.clock.terms
    home = tables[terms.calendar].calendar.zone
    heard = await inputs.of_clock(tx, clock_id)
    firings: list[Firing] = [one.heard.firing for one in heard if one.heard.firing is not None]
    story = Story(
        _heading(tracked),
        await _promise(tx, tracked, agreement, f"{home.name}, tz {home.version}"),
        tracked.clock,
        standing(tracked.clock, at, tables),
        explained(tracked.clock, at, tables, maintenance),
        firings,
        at,
        ZoneInfo(zone or home.name),
        turns(one.heard for one in heard),
    )
    return Explaining(tracked, story, tables)


Asked = Annotated[Explaining, Depends(_asked, scope="function")]


@routes.get(
    "/{clock_id}/explanation",
    response_model=ExplanationTold,
    responses={200: {"content": {TEXT: {}, SVG: {}}}},
)
async def explain_clock(
    asked: Asked,
    request: Request,
    format: Annotated[Literal["json", "text", "svg"] | None, Query()] = None,
) -> ExplanationTold | Response:
    """Every interval with why it counted or did not; the counted ones add up (C9).

    As text or as a picture with `format`, or with `Accept: text/plain` or `image/svg+xml`.
    """
    wanted = FORMATS[format] if format else request.headers.get("accept", "")
    if wanted.startswith(SVG):
        return _drawn(asked)
    if wanted.startswith(TEXT):
        return Response(in_words(asked.story), media_type=f"{TEXT}; charset=utf-8")
    return asked.told()


@routes.get("/{clock_id}/explanation.svg", response_class=Response)
async def draw_clock(asked: Asked) -> Response:
    """The time line: how the counted time rose, and why it did not."""
    return _drawn(asked)


def _drawn(asked: Explaining) -> Response:
    return Response(picture(asked.story), media_type=SVG)


async def _agreement(tx: Connection, tracked: Tracked) -> Agreement | None:
    id = tracked.ticket.agreement_version
    return None if id is None else (await agreements.versions_of(tx, [id])).get(id)


async def _maintenance(
    tx: Connection, tracked: Tracked, agreement: Agreement | None
) -> list[Window]:
    if agreement is None:
        return []
    weekly = agreement.maintenance.weekly
    used = await calendars.timetables(tx, [weekly] if weekly else [])
    start = tracked.clock.opened_at
    return maintenance_windows(agreement.maintenance, used, start, await transaction_time(tx))


def _heading(tracked: Tracked) -> str:
    ticket, metric = tracked.ticket, tracked.clock.metric.replace("_", " ")
    whose = {
        "sla": f"for {ticket.customer}",
        "ola": "by second level",
        "uc": f"by {tracked.partner}",
    }
    return (
        f"{ticket.key} {ticket.title}: {metric} {whose[tracked.clock.contract]}, {ticket.priority}"
    )


async def _promise(tx: Connection, tracked: Tracked, agreement: Agreement | None, zone: str) -> str:
    calendar = await calendars.find(tx, tracked.clock.terms.calendar)
    assert calendar is not None
    hours = f"calendar {calendar.key} (version {calendar.version}, {zone})"
    if agreement is None:
        return hours
    return f"agreement {agreement.key} (version {agreement.version}), {hours}"
