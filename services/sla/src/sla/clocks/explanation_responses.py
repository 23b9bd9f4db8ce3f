"""Response models of the explanation of a clock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.domain.durations import SECOND
from common.http import ResponseModel
from sla.clocks.domain.explanation import Interval
from sla.clocks.domain.explanation_report import ExplanationReport
from sla.clocks.domain.story import StoryEvent
from sla.clocks.explanations import ClockExplanation
from sla.clocks.schemas import ClockForPartner, ClockRead, clock_for_partner, clock_to_response


class IntervalRead(ResponseModel):
    """`name`: the holiday. `calendar_version`: that by which it was counted."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    elapsed_seconds: int
    name: str | None
    calendar_version: UUID | None


class TermsChangeRead(ResponseModel):
    """A change of the promise at `at`; `target_seconds` null: nothing is promised."""

    at: datetime
    reason: str
    target_seconds: int | None


class PromiseRead(ResponseModel):
    """From `starts_at` on the clock ran under these versions of agreement and calendar."""

    starts_at: datetime
    promise: str
    agreement_version: UUID | None
    calendar_version: UUID | None
    tz_version: str | None


class StoryEventRead(ResponseModel):
    """Something that happened, in words. `by`: the names of our people who did it.

    To say the same in another language: `code` names the sentence, `parameters` are what it fills in.
    """

    at: datetime
    kind: str
    text: str
    by: list[str]
    code: str
    parameters: dict[str, str]


class ExplanationBody(ResponseModel):
    """`promise` is the present one, `promises` are all of them in order of time; `status` says how the
    clock stands or ended; `events` are what happened to it, in order of time."""

    as_of: datetime
    status: str
    agreement_version: UUID | None
    promise: str
    promises: list[PromiseRead]
    calendar_version: UUID
    tz_version: str
    elapsed_seconds: int
    events: list[StoryEventRead]
    changes: list[TermsChangeRead]
    intervals: list[IntervalRead]


class ExplanationRead(ExplanationBody):
    clock: ClockRead


class ExplanationForPartner(ExplanationBody):
    """The explanation of a clock of the partner's own contract."""

    clock: ClockForPartner


AnyExplanation = ExplanationRead | ExplanationForPartner
"""An explanation for whoever asks."""


def explanation_to_response(explanation: ClockExplanation) -> AnyExplanation:
    """Build the response as data, for whom it was explained."""
    clock = clock_to_response(
        explanation.ticket_clock,
        explanation.report.as_of,
        explanation.tables,
        explanation.house_defaults,
    )
    values = _body_values(explanation)
    if explanation.reader == "partner":
        return ExplanationForPartner(clock=clock_for_partner(clock), **values)
    return ExplanationRead(clock=clock, **values)


def _body_values(explanation: ClockExplanation) -> dict[str, Any]:
    ticket_clock, report = explanation.ticket_clock, explanation.report
    calendar = ticket_clock.clock.terms.calendar
    body = ExplanationBody(
        as_of=report.as_of,
        status=report.status_line,
        agreement_version=ticket_clock.ticket.agreement_version,
        promise=report.promises[-1].text,
        promises=_promises(report),
        calendar_version=calendar,
        tz_version=explanation.tables[calendar].calendar.zone.version,
        elapsed_seconds=report.snapshot.counted // SECOND,
        events=[_event(report, one) for one in report.events],
        changes=[
            TermsChangeRead(
                at=one.at,
                reason=one.reason,
                target_seconds=None if one.target is None else one.target // SECOND,
            )
            for one in report.story.changes
        ],
        intervals=[_interval(one) for one in report.intervals],
    )
    return dict(body)


def _promises(report: ExplanationReport) -> list[PromiseRead]:
    return [
        PromiseRead(
            starts_at=one.start,
            promise=one.text,
            agreement_version=one.agreement_version,
            calendar_version=one.calendar,
            tz_version=one.tz_version,
        )
        for one in report.promises
    ]


def _event(report: ExplanationReport, event: StoryEvent) -> StoryEventRead:
    names = [report.name_of(account) for account in dict.fromkeys(event.by)]
    return StoryEventRead(
        at=event.at,
        kind=event.kind,
        text=event.text,
        by=names,
        code=event.code,
        parameters=dict(event.facts),
    )


def _interval(interval: Interval) -> IntervalRead:
    return IntervalRead(
        starts_at=interval.start,
        ends_at=interval.end,
        reason=interval.reason,
        elapsed_seconds=interval.counted // SECOND,
        name=interval.name,
        calendar_version=interval.calendar,
    )
