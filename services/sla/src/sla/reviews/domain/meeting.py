"""The meeting about a month: what is talked about, what was said, what has to be done. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.reviews.domain import wording
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.report import Report


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that people want to talk about, beside what the figures bring up."""

    number: int
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """What was said, by whom it was written down, and when. Never changed, only added to."""

    number: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    agenda: tuple[AgendaItem, ...] = ()
    minutes: tuple[Minute, ...] = ()
    actions: tuple[ActionItem, ...] = ()


def agenda(report: Report, meeting: Meeting) -> tuple[str, ...]:
    """In the order in which it is talked about: open promises first, the future last."""
    return (*_from_figures(report, meeting.actions), *(item.title for item in meeting.agenda))


def _from_figures(report: Report, actions: Sequence[ActionItem]) -> Iterator[str]:
    if carried := [one for one in actions if str(one.month) != report.month]:
        yield f"Actions from earlier reviews: {len(carried)}"
    yield f"Usage and trend: {wording.pluralise(report.usage.opened, 'ticket')} opened"
    yield f"Promises kept: {wording.format_share(report.usage.compliance.raw)}"
    if report.breaches_total:
        yield f"Breaches and their reasons: {report.breaches_total}"
    if report.waivers:
        yield f"Waivers: {len(report.waivers)}"
    if report.outages or report.uptimes:
        yield f"Availability and outages: {len(report.outages)}"
    if report.reserved:
        yield "Reserved hours"
    yield f"Upcoming changes: {len(report.upcoming)}"
