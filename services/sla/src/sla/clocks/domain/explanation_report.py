"""Everything that explains one clock, for the text and the chart of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from common.wording import format_duration
from sla.clocks.domain.clock import Clock
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.snapshot import ClockSnapshot
from sla.clocks.domain.story import Story, StoryEvent, StoryNames
from sla.clocks.domain.story_events import result_of

REASON_LABELS: dict[Reason, str] = {
    "counted": "counted",
    "closed_hours": "closed hours",
    "holiday": "holiday",
    "break": "break",
    "maintenance": "agreed maintenance",
    "waiting_on_customer": "waiting on the customer",
    "stopped": "not running",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """From `start` on the clock ran under these versions, which `text` names.

    `agreement_version` None: it is not known, or it was none. `tz_version`: the release of the tz
    database with which the calendar version counts.
    """

    start: datetime
    text: str
    agreement_version: UUID | None = None
    calendar: UUID | None = None
    tz_version: str | None = None


@dataclass(frozen=True, slots=True)
class ExplanationReport:
    """The explanation of a clock. `key` is unique among clocks; `names` has the zone of the reader.

    `promises`: agreement and calendar with their versions, in order of time, at least one.
    `people`: the names of those who acted, by account; a missing one is called by the account.
    """

    key: str
    heading: str
    promises: Sequence[Promise]
    clock: Clock
    snapshot: ClockSnapshot
    intervals: Sequence[Interval]
    story: Story
    as_of: datetime
    names: StoryNames
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which instants are formatted."""
        return self.names.zone

    @property
    def status_line(self) -> str:
        """The status in one line that begins with the state, and with how it ended if it did."""
        snapshot, clock = self.snapshot, self.clock
        if clock.cancelled is not None:
            return f"cancelled: {clock.cancelled}"
        if clock.terms.target is None:
            return f"{snapshot.state}: nothing is promised"
        if snapshot.breached_at is not None:
            breached = f"{snapshot.state}: breached at {self.format_instant(snapshot.breached_at)}"
            return breached + self._lateness + self._excuse
        if snapshot.state == "stopped":
            return f"stopped: {result_of(clock, clock.counted)}"
        if snapshot.deadline is None:
            return f"{snapshot.state}: no deadline"
        left = format_duration(snapshot.remaining or timedelta(0))
        return f"{snapshot.state}: {left} left, deadline {self.format_instant(snapshot.deadline)}"

    @property
    def _lateness(self) -> str:
        is_over = self.snapshot.state == "stopped" and self.snapshot.overrun
        return f", {format_duration(self.snapshot.overrun)} too late" if is_over else ""

    @property
    def _excuse(self) -> str:
        waiver = self.clock.waiver
        if waiver is None:
            return ""
        facts = self.names.approvals.get(waiver.waiver_id)
        approved = f"approved at {self.format_instant(waiver.at)}"
        if facts is None:
            return f", excused by a waiver {approved}"
        by = f" by {self.name_of(facts.decided_by)}" if facts.decided_by else ""
        return f", excused by waiver {facts.key}, {approved}{by}"

    @property
    def events(self) -> Sequence[StoryEvent]:
        """What happened, in order of time."""
        return self.story.events

    def cycle_spans(self) -> list[tuple[datetime, datetime]]:
        """The cycles `[start, end)`, one for most metrics (C1)."""
        end = max(self.as_of, self.clock.since)
        bounds = [self.clock.opened_at, *self.story.cycles, end]
        return [(start, end) for start, end in pairwise(bounds) if start < end]

    def name_of(self, account: str) -> str:
        """The name of a person, or the account where nobody knows the name."""
        return self.people.get(account, account)

    def describe(self, event: StoryEvent) -> str:
        """An event in words, with the names of those who did it."""
        names = " and ".join(self.name_of(one) for one in dict.fromkeys(event.by))
        return f"{event.text}, by {names}" if names else event.text

    def format_instant(self, at: datetime) -> str:
        """Return an instant in the reader's zone, such as `Mon 1 Jun 2026 09:00`."""
        return self.names.format_instant(at)


def sum_by_reason(intervals: Sequence[Interval]) -> dict[Reason, timedelta]:
    """The elapsed time of intervals, by reason, in the order in which they begin."""
    totals: dict[Reason, timedelta] = {}
    for one in intervals:
        totals[one.reason] = totals.get(one.reason, timedelta(0)) + (one.end - one.start)
    return totals
