"""The agenda of a review: the items that follow from the figures, then those people added. Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering import figures
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report


def agenda(report: Report, meeting: Meeting) -> tuple[str, ...]:
    """The items in order: open action items first, upcoming changes last, then the added ones."""
    return (*_from_figures(report, meeting.actions), *(item.title for item in meeting.agenda))


def _from_figures(report: Report, actions: Sequence[ActionItem]) -> Iterator[str]:
    if carried := [one for one in actions if str(one.month) != report.month]:
        yield f"Actions from earlier reviews: {len(carried)}"
    yield f"Usage and trend: {figures.pluralise(report.usage.opened, 'ticket')} opened"
    yield f"Promises met: {figures.format_share(report.usage.compliance.raw)}"
    if report.goals:
        missed = sum(1 for one in report.goals if one.state in ("missed", "lost"))
        yield f"Goals: {missed} of {len(report.goals)} missed"
    if report.breaches_total:
        yield f"Breaches and their reasons: {report.breaches_total}"
    if report.waivers:
        yield f"Waivers: {len(report.waivers)}"
    if report.outages or report.uptimes:
        yield f"Availability and outages: {len(report.outages)}"
    if report.reserved:
        yield "Reserved hours"
    yield f"Upcoming changes: {len(report.upcoming)}"
