"""Everything that explains one clock, for the text and the chart of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.wording import format_duration
from sla.clocks.domain.clock import Clock, Firing, Input, InputKind
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.snapshot import ClockSnapshot

REASON_LABELS: dict[Reason, str] = {
    "counted": "counted",
    "closed_hours": "closed hours",
    "holiday": "holiday",
    "break": "break",
    "maintenance": "agreed maintenance",
    "waiting_on_customer": "waiting on the customer",
    "stopped": "stopped",
}

CHANGE_LABELS: Mapping[InputKind, str] = {
    "target_changed": "another priority",
    "agreement_moved": "another version of the agreement",
    "coverage_extended": "extra cover",
    "coverage_extension_ended": "extra cover that ended",
    "calendar_changed": "a new version of the calendar",
    "reclassified": "the ticket was corrected",
}
"""Why the terms changed, by kind of input."""


@dataclass(frozen=True, slots=True)
class TermsChange:
    """A change of the promise at `at`; `target` None: nothing is promised from then on."""

    at: datetime
    reason: str
    target: timedelta | None

    @property
    def description(self) -> str:
        now = (
            "nothing is promised"
            if self.target is None
            else f"{format_duration(self.target)} promised"
        )
        return f"{self.reason}: {now}"


def terms_changes(inputs: Iterable[Input]) -> list[TermsChange]:
    """Return the changes of the promise by these inputs, without the one that opened the clock."""
    return [
        TermsChange(one.at, _change_reason(one), one.terms.target)
        for one in inputs
        if one.terms is not None and one.kind in CHANGE_LABELS
    ]


def _change_reason(input: Input) -> str:
    return (
        f"{CHANGE_LABELS[input.kind]} ({input.reason})"
        if input.reason
        else CHANGE_LABELS[input.kind]
    )


@dataclass(frozen=True, slots=True)
class ExplanationReport:
    """The explanation of a clock. `promise`: agreement and calendar with their versions.

    Instants are formatted in `zone`, that of the reader.
    """

    heading: str
    promise: str
    clock: Clock
    snapshot: ClockSnapshot
    intervals: Sequence[Interval]
    firings: Sequence[Firing]
    as_of: datetime
    zone: ZoneInfo
    changes: Sequence[TermsChange] = ()

    @property
    def status_line(self) -> str:
        """The status in one line that begins with the state."""
        snapshot, target = self.snapshot, self.clock.terms.target
        if target is None or snapshot.deadline is None:
            return f"{snapshot.state}: no deadline"
        deadline = self.format_instant(snapshot.deadline)
        if snapshot.breached_at is not None:
            return f"{snapshot.state}: breached at {self.format_instant(snapshot.breached_at)}"
        left = format_duration(snapshot.remaining or timedelta(0))
        return f"{snapshot.state}: {left} left, deadline {deadline}"

    @property
    def elapsed_by_reason(self) -> dict[Reason, timedelta]:
        """The elapsed time since the opening, by reason."""
        totals: dict[Reason, timedelta] = {}
        for one in self.intervals:
            totals[one.reason] = totals.get(one.reason, timedelta(0)) + (one.end - one.start)
        return totals

    def format_instant(self, at: datetime) -> str:
        """Return an instant in the reader's zone, such as `Mon 1 Jun 2026 09:00`."""
        local = at.astimezone(self.zone)
        seconds = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{local:%a} {local.day} {local:%b %Y} {seconds}"
