"""Explained clocks: their inputs with the firings that timers would have added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sla.agreements.domain.agreement import Metric
from sla.agreements.domain.clauses import Window
from sla.clocks.domain.clock import Input, Timetables
from sla.clocks.domain.explanation import explain_intervals
from sla.clocks.domain.explanation_report import ExplanationReport, Promise
from sla.clocks.domain.fold import fold, start, step
from sla.clocks.domain.schedule import fire_missed, firing_input
from sla.clocks.domain.snapshot import take_snapshot
from sla.clocks.domain.story import Approval, StoryNames
from sla.clocks.domain.story_events import tell_story

ZONE = ZoneInfo("Europe/Amsterdam")
PEOPLE = {"anna": "Anna de Vries", "gina": "Gina Rossi", "theo": "Theo van den Berg"}


def with_firings(
    metric: Metric, inputs: Sequence[Input], at: datetime, tables: Timetables
) -> list[Input]:
    """The inputs up to `at`, with the firings that were due between them."""
    opening, *further = [one for one in inputs if one.at <= at]
    clock, lived = start(metric, opening, tables), [opening]
    for input in further:
        clock, missed = fire_missed(clock, input.at, tables)
        lived += [*(firing_input(one, input.at) for one in missed), input]
        clock = step(clock, input, tables)
    _, missed = fire_missed(clock, at, tables)
    return [*lived, *(firing_input(one, at) for one in missed)]


def explained(
    metric: Metric,
    inputs: Sequence[Input],
    at: datetime,
    tables: Timetables,
    *,
    heading: str = "OPS-1 The invoice run hangs: resolution for acme, major",
    maintenance: Sequence[Window] = (),
    approvals: Mapping[UUID, Approval] | None = None,
    agreements: Mapping[UUID, str] | None = None,
    version: UUID | None = None,
) -> ExplanationReport:
    """The explanation of a clock with these inputs as it is at `at`."""
    lived = with_firings(metric, inputs, at, tables)
    clock = fold(metric, lived, tables)
    calendars = {id: f"office (version {number})" for number, id in enumerate(tables, start=1)}
    names = StoryNames(ZONE, calendars, agreements or {}, approvals or {})
    story = tell_story(metric, "sla", lived, tables, names, version)
    promises = [
        Promise(one.start, f"agreement acme-standard, calendar {calendars[one.calendar]}")
        for one in story.periods
    ]
    return ExplanationReport(
        heading,
        heading,
        promises,
        clock,
        take_snapshot(clock, at, tables),
        explain_intervals(clock, at, tables, maintenance),
        story,
        at,
        names,
        PEOPLE,
    )
