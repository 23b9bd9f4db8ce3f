"""A review as its customer reads it: what was published, and nothing of what we write among ourselves.

Pure.
"""

from dataclasses import replace
from datetime import datetime

from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report, WaiverLine


def report_for_customer(report: Report) -> Report:
    """The report with the approved waivers alone, and without why they were asked for."""
    approved = (replace(one, reason="") for one in report.waivers if _was_approved(one))
    return replace(report, waivers=tuple(approved))


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


def _was_approved(waiver: WaiverLine) -> bool:
    """Return whether it was approved, also where it has ended since."""
    return waiver.decided_at is not None and waiver.state in ("approved", "revoked", "expired")
