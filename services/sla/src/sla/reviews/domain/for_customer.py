"""A review as its customer reads it: what was published, and nothing of what we write among ourselves.

Pure.
"""

from dataclasses import replace
from datetime import datetime

from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report


def report_for_customer(report: Report) -> Report:
    """The report with the waivers alone that cover a breach in it, and without why they were asked for (C11).

    What was asked for, withdrawn, refused or late is for staff; what was approved and covered nothing too.
    """
    covering = {one.waiver for one in report.breaches if one.waiver is not None}
    # Expired or revoked since or not: at the breach it was approved, which is what counts.
    shown = (
        replace(one, reason="", state="approved") for one in report.waivers if one.key in covering
    )
    return replace(report, waivers=tuple(shown), requests=(), suppliers=())


def meeting_until(meeting: Meeting, published_at: datetime) -> Meeting:
    """The agenda, minutes and actions that stood there when an edition was published.

    The actions are in their present state, without the evidence, which is for whoever verifies it.
    """
    return Meeting(
        tuple(one for one in meeting.agenda if one.at <= published_at),
        tuple(one for one in meeting.minutes if one.at <= published_at),
        tuple(
            replace(one, evidence=None) for one in meeting.actions if one.agreed_at <= published_at
        ),
    )
