"""The agenda of a review: the items that follow from the figures, then those people added. Pure."""

from collections.abc import Iterator, Sequence

from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report


def agenda(report: Report, meeting: Meeting, formats: Formats) -> tuple[str, ...]:
    """The items in order: open action items first, upcoming changes last, then the added ones."""
    computed = _from_figures(report, meeting.actions, formats)
    return (*computed, *(item.title for item in meeting.agenda))


def _from_figures(report: Report, actions: Sequence[ActionItem], formats: Formats) -> Iterator[str]:
    words = formats.words
    if carried := [one for one in actions if str(one.month) != report.month]:
        yield words("agenda_actions", count=len(carried))
    opened = words.counted("ticket", report.usage.opened)
    yield words("agenda_usage", tickets=opened)
    share = formats.rounded_share(report.usage.compliance.raw)
    yield words("agenda_promises", share=share)
    if report.goals:
        missed = sum(1 for one in report.goals if one.state in ("missed", "lost"))
        yield words("agenda_goals", missed=missed, total=len(report.goals))
    if report.breaches_total:
        yield words("agenda_breaches", count=report.breaches_total)
    if report.waivers:
        yield words("agenda_waivers", count=len(report.waivers))
    if report.outages or report.uptimes:
        yield words("agenda_outages", count=len(report.outages))
    if report.reserved:
        yield words("agenda_reserved")
    yield words("agenda_changes", count=len(report.upcoming))
