"""The routes of punctuality: figures, gaps, seals, and the lines under a seal."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query, Response

from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Instant, Page, Paging, ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.path_parameters import SealNumber
from sla.punctuality import export as evidence_export
from sla.punctuality.chart import render_svg
from sla.punctuality.domain.timer_gaps import find_gaps
from sla.punctuality.store import punctuality, seals
from sla.punctuality.store.seals import Seal
from sla.rendering.theme_parameter import Theme

routes = router("/v1/punctuality", tags=["punctuality"])

DEFAULT_PERIOD = timedelta(days=1)
MAX_PERIOD = timedelta(days=31)
MILLISECOND = timedelta(milliseconds=1)

Since = Annotated[Instant | None, Query(alias="from")]
Until = Annotated[Instant | None, Query(alias="to", description="Not included.")]


class HeartbeatGapRead(ResponseModel):
    """An interval in which no timers ran, to the minute. `open`: it is not over."""

    starts_at: datetime
    ends_at: datetime
    seconds: int
    open: bool


class HeartbeatRead(ResponseModel):
    """`longest_gap_ms`: the longest real time between two iterations of the timers' loop."""

    first_at: datetime | None
    last_at: datetime | None
    beats: int
    longest_gap_ms: float | None


class SealedDayRead(ResponseModel):
    """`head` (NUMBER:CHAIN) after the day. Keep it elsewhere; `verify --head` checks against it."""

    day: date
    lines: int
    head: str


class PunctualityRead(ResponseModel):
    """The warnings and breaches that fired in the period. A lag runs from the instant when one was
    due, or became known to be due where that was later (`known_late` of them), to the last statement
    of the transaction that fired it. `early` must be 0. `overdue` are due now and have not fired."""

    starts_at: datetime
    ends_at: datetime
    count: int
    early: int
    fired_without_events: int
    known_late: int
    overdue: int
    lag_p50_ms: float | None
    lag_p99_ms: float | None
    lag_max_ms: float | None
    heartbeat: HeartbeatRead
    gaps: list[HeartbeatGapRead]
    days: list[SealedDayRead]


class SealRead(ResponseModel):
    number: int
    day: date
    closes: bool
    sealed_at: datetime
    lines: int
    head: str


@routes.get("")
async def get_punctuality(
    tx: Transaction,
    caller: Annotated[Caller, requires("punctuality:read")],
    since: Since = None,
    until: Until = None,
) -> PunctualityRead:
    """Get the lags and gaps of the timers in a period of at most 31 days, by default the last 24
    hours."""
    now = await transaction_time(tx)
    start, end = _resolve_period(since, until, now)
    figures = await punctuality.get_figures(tx, start, end)
    heartbeat, gap_responses = await _heartbeat_and_gaps(tx, start, min(end, now))
    days = await seals.list_closed_days(
        tx, start.astimezone(UTC).date(), end.astimezone(UTC).date()
    )
    return PunctualityRead(
        starts_at=start,
        ends_at=end,
        count=figures.count,
        early=figures.early,
        fired_without_events=figures.fired_without_events,
        known_late=figures.known_late,
        overdue=await punctuality.count_overdue(tx, now),
        lag_p50_ms=_milliseconds(figures.p50),
        lag_p99_ms=_milliseconds(figures.p99),
        lag_max_ms=_milliseconds(figures.longest),
        heartbeat=heartbeat,
        gaps=gap_responses,
        days=[SealedDayRead(day=day, lines=size, head=head) for day, size, head in days],
    )


@routes.get(
    "/lags.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The picture."}},
)
async def get_lags_svg(
    tx: Transaction,
    caller: Annotated[Caller, requires("punctuality:read")],
    since: Since = None,
    until: Until = None,
    theme: Theme = "light",
) -> Response:
    """Render the lags of firings as SVG: a histogram."""
    start, end = _resolve_period(since, until, await transaction_time(tx))
    counts = await punctuality.get_histogram(tx, start, end)
    title = f"Lag of warnings and breaches, {start:%d %b %Y %H:%M} to {end:%d %b %Y %H:%M} UTC"
    return Response(render_svg(counts, title, theme), media_type="image/svg+xml")


@routes.get("/seals")
async def list_seals(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("punctuality:read")],
) -> Page[SealRead]:
    """List the seals of days, oldest first."""
    rows = await seals.page(tx, page.after_as(int), page.limit)
    return page.page_of(rows, _seal_to_response, lambda seal: (seal.number,))


@routes.get(
    "/seals/{seal}",
    response_class=Response,
    responses={200: {"content": {"application/jsonl": {}}, "description": "JSON lines."}},
)
async def get_seal(
    number: SealNumber,
    tx: Transaction,
    caller: Annotated[Caller, requires("punctuality:read")],
) -> Response:
    """Export a seal with its lines: first the lines, then the seal. All seals in order make an
    export, which `verifier.py` checks (docs/evidence.md)."""
    seal = await seals.find(tx, number)
    if seal is None:
        raise NotFound("This seal")
    lines = await evidence_export.sealed_lines(tx, seal)
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/jsonl")


def _seal_to_response(seal: Seal) -> SealRead:
    return SealRead(
        number=seal.number,
        day=seal.day,
        closes=seal.closes,
        sealed_at=seal.sealed_at,
        lines=seal.size,
        head=seal.head,
    )


async def _heartbeat_and_gaps(
    tx: Connection, start: datetime, end: datetime
) -> tuple[HeartbeatRead, list[HeartbeatGapRead]]:
    first_beat_at = await punctuality.get_first_beat_at(tx)
    # Before the first beat ever there is no gap.
    period_start = max(start, first_beat_at or end)
    beats = await punctuality.list_beats(tx, period_start, end) if period_start < end else []
    longest_gap = max((beat.longest_gap for beat in beats), default=None)
    heartbeat = HeartbeatRead(
        first_at=beats[0].at if beats else None,
        last_at=beats[-1].at if beats else None,
        beats=len(beats),
        longest_gap_ms=_milliseconds(longest_gap),
    )
    heartbeat_gaps = find_gaps(beats, period_start, end) if period_start < end else []
    gap_responses = [
        HeartbeatGapRead(
            starts_at=gap.start,
            ends_at=gap.end,
            seconds=(gap.end - gap.start) // SECOND,
            open=gap.open,
        )
        for gap in heartbeat_gaps
    ]
    return heartbeat, gap_responses


def _resolve_period(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    end = until or max(now, since or now) + timedelta(microseconds=1)  # what fired just now, too
    start = since or end - DEFAULT_PERIOD
    if not start < end:
        raise ValidationFailed([Violation("/query/to", "order", "give an instant after `from`")])
    if end - start > MAX_PERIOD + timedelta(microseconds=1):
        raise ValidationFailed([Violation("/query/to", "range", "at most 31 days at a time")])
    return start, end


def _milliseconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span / MILLISECOND, 3)
