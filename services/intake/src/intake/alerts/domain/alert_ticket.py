"""The ticket of alerts, and what a post changes on it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from intake.alerts.domain.alert import Alert
from intake.alerts.domain.scope import AlertScope, ScopedAlert
from intake.alerts.domain.severity import assess_severity, is_worse
from intake.tickets.domain.prioritisation import PriorityAssessment
from intake.tickets.domain.ticket import Ticket

MAX_REMARKS: Final = 50
"""The remarks that one ticket gets; each stands on it once."""
MAX_LINES: Final = 20
"""The lines of one note."""


@dataclass(slots=True)
class Opening:
    """The ticket that is to be opened: for its first alert, with the priority of the worst."""

    alert: Alert
    scope: AlertScope
    received_at: datetime
    assessment: PriorityAssessment
    is_service_known: bool
    more: int = 0


@dataclass(slots=True)
class AlertTicket:
    """A ticket of alerts with what happens to it; `ticket` is None until it is opened.

    `storm` is the name of the scope whose storm it collects. `lines` become one note. `remarks` stand on the ticket already. `truncated` is the highest number
    of alerts that a monitor left out, which the note `truncated_note_id` says.
    """

    ticket: Ticket | None
    storm: str | None = None
    opening: Opening | None = None
    remarks: list[str] = field(default_factory=list)
    truncated: int = 0
    truncated_note_id: UUID | None = None
    lines: list[str] = field(default_factory=list)
    raised_to: PriorityAssessment | None = None
    raised_because: str = ""
    is_changed: bool = False

    @property
    def is_storm(self) -> bool:
        """Whether it collects the groups of a storm."""
        return self.storm is not None

    @property
    def is_open(self) -> bool:
        """Whether there is, or will be, work to do on it."""
        return self.ticket is None or self.ticket.is_open

    def remark(self, *remarks: str) -> None:
        """Say each remark on the ticket, unless it stands there."""
        for remark in remarks:
            if remark not in self.remarks and len(self.remarks) < MAX_REMARKS:
                self.remarks.append(remark)
                self.lines.append(remark)
                self.is_changed = True

    def raise_for(self, alert: Alert, severity: str | None) -> None:
        """Raise the priority to that of a worse alert, and say so. Nothing is ever lowered here."""
        if severity is None:
            return
        assessment = assess_severity(severity)
        wanted = self.opening.assessment if self.opening else self.raised_to
        present = wanted.priority if wanted else self.ticket.priority if self.ticket else None
        if present is None or not is_worse(assessment.priority, present):
            return
        if self.opening:
            self.opening.assessment = assessment
            return
        self.raised_to = assessment
        self.raised_because = (
            f"{alert.title} ({alert.shown_key or alert.dedup_key}) has the severity {severity}"
        )

    def note_text(self) -> str | None:
        """The note that a post leaves on the ticket; None without one."""
        if not self.lines:
            return None
        more = len(self.lines) - MAX_LINES
        rest = [f"… and {more} more lines like these."] if more > 0 else []
        return "\n".join([*self.lines[:MAX_LINES], *rest])


def new_alert_ticket(one: ScopedAlert, received_at: datetime, *, is_storm: bool) -> AlertTicket:
    """A ticket that is to be opened for an alert."""
    assessment = assess_severity(one.alert.severity)
    opening = Opening(one.alert, one.scope, received_at, assessment, one.is_service_known)
    return AlertTicket(None, one.scope.storm_name if is_storm else None, opening)


def truncated_text(monitor: str, count: int) -> str:
    """The note about alerts that a monitor left out of its posts."""
    return (
        f"{monitor} left {count} more alerts of this group out of its message."
        " Look for them in the monitor itself."
    )
