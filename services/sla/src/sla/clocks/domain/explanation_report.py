"""Everything that explains one clock, for whatever draws or writes it down. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.wording import format_duration
from sla.clocks.domain.clock import Clock, Firing, Input, InputKind
from sla.clocks.domain.explanation import Interval, Reason
from sla.clocks.domain.snapshot import Standing

WORDS: dict[Reason, str] = {
    "counted": "counted",
    "closed_hours": "closed hours",
    "holiday": "holiday",
    "break": "break",
    "maintenance": "agreed maintenance",
    "waiting_on_customer": "waiting on the customer",
    "stopped": "stopped",
}

TURNS: Mapping[InputKind, str] = {
    "target_changed": "another priority",
    "agreement_moved": "another version of the agreement",
    "coverage_extended": "extra cover",
    "coverage_extension_ended": "extra cover that ended",
    "reclassified": "the ticket was corrected",
}
"""Why something else is promised."""


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at` on something else was promised: `why`, and what (None: nothing)."""

    at: datetime
    why: str
    target: timedelta | None

    @property
    def words(self) -> str:
        now = (
            "nothing is promised"
            if self.target is None
            else f"{format_duration(self.target)} promised"
        )
        return f"{self.why}: {now}"


def turns(heard: Iterable[Input]) -> list[Turn]:
    """The inputs of a clock by which what is promised changed, after the one that opened it."""
    return [
        Turn(one.at, _why(one), one.terms.target)
        for one in heard
        if one.terms is not None and one.kind in TURNS
    ]


def _why(heard: Input) -> str:
    return f"{TURNS[heard.kind]} ({heard.reason})" if heard.reason else TURNS[heard.kind]


@dataclass(frozen=True, slots=True)
class Story:
    """`promise` says under what it was promised: agreement, calendar, and the versions of both.

    Instants are told in `zone`, the reader's.
    """

    heading: str
    promise: str
    clock: Clock
    standing: Standing
    intervals: Sequence[Interval]
    firings: Sequence[Firing]
    as_of: datetime
    zone: ZoneInfo
    turns: Sequence[Turn] = ()

    @property
    def verdict(self) -> str:
        """How it stands, in a sentence that begins with the state."""
        standing, target = self.standing, self.clock.terms.target
        if target is None or standing.deadline is None:
            return f"{standing.state}: no deadline"
        deadline = self.day_and_time(standing.deadline)
        if standing.breached_at is not None:
            return f"{standing.state}: broken at {self.day_and_time(standing.breached_at)}"
        left = format_duration(standing.remaining or timedelta(0))
        return f"{standing.state}: {left} left, deadline {deadline}"

    @property
    def sums(self) -> dict[Reason, timedelta]:
        """Elapsed time by reason; together it is all the time since the opening."""
        sums: dict[Reason, timedelta] = {}
        for one in self.intervals:
            sums[one.why] = sums.get(one.why, timedelta(0)) + (one.end - one.start)
        return sums

    def day_and_time(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        seconds = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{local:%a} {local.day} {local:%b %Y} {seconds}"
