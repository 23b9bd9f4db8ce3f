"""The story of a clock: what happened to it, by whom, in one order of time (C9). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import Clock, Input, Timetables
from sla.clocks.domain.fold import start, step

EventKind = Literal[
    "opened",
    "opening_moved",
    "terms_changed",
    "warned",
    "breached",
    "breach_withdrawn",
    "waived",
    "waiver_too_late",
    "paused",
    "resumed",
    "cycle_started",
    "stopped",
    "reopened",
    "separated",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """Something that happened at `at`, in words; `by` are the accounts of those who did it.

    `code` names the sentence in `text`, and `facts` are what it fills in, to say the same in another language:
    instants in names that end in `_at`, lengths in `_seconds`.
    """

    at: datetime
    kind: EventKind
    text: str
    by: tuple[str, ...] = ()
    code: str = field(default="", compare=False)
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class TermsPeriod:
    """From `start` on the clock ran under this agreement version and calendar version.

    `agreement_version` None: it is not known, or the ticket was covered by none.
    """

    start: datetime
    agreement_version: UUID | None
    calendar: UUID


@dataclass(frozen=True, slots=True)
class TargetStep:
    """From `start` on this was promised; None: nothing."""

    start: datetime
    target: timedelta | None


@dataclass(frozen=True, slots=True)
class TermsChange:
    """A change of the promise at `at`, and why; `target` None: nothing is promised from then on."""

    at: datetime
    reason: str
    target: timedelta | None


@dataclass(frozen=True, slots=True)
class Approval:
    """The approval of a waiver, by its key, with the accounts of who gave it and who ended it."""

    key: str
    decided_by: str | None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class LateApproval:
    """An approval that came too late to cover anything (C11), by the waiver's key."""

    key: str
    decided_at: datetime
    decided_by: str


@dataclass(frozen=True, slots=True)
class StoryNames:
    """What a story calls things: calendar and agreement versions by id, approvals by waiver id.

    Instants are formatted in `zone`, that of the reader.
    """

    zone: ZoneInfo
    calendars: Mapping[UUID, str] = field(default_factory=dict)
    agreements: Mapping[UUID, str] = field(default_factory=dict)
    approvals: Mapping[UUID, Approval] = field(default_factory=dict)

    def format_instant(self, at: datetime) -> str:
        """Return an instant in the reader's zone, such as `Mon 1 Jun 2026 09:00`."""
        local = at.astimezone(self.zone)
        seconds = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{local:%a} {local.day} {local:%b %Y} {seconds}"


@dataclass(frozen=True, slots=True)
class Step:
    """One input of a clock, and the clock before and after it.

    `version` is the agreement version under which it runs afterwards.
    """

    before: Clock
    input: Input
    after: Clock
    version: UUID | None = None

    @property
    def at(self) -> datetime:
        """When it took effect: an input older than the current segment counts from its start."""
        if self.input.firing is not None:
            return self.input.firing.due_at
        if self.input.waiver is not None:
            return self.input.waiver.at
        return max(self.input.at, self.before.since)

    @property
    def starts_cycle(self) -> bool:
        """Whether it begins a new cycle of `next_reply` or `update` (C1)."""
        return self.after.cycle != self.before.cycle and self.input.kind != "opened_later"


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a clock: events in order of time, and what held from when on.

    `changes` are those of the promise. `cycles` are the starts of the cycles after the first one.
    """

    events: Sequence[StoryEvent]
    targets: Sequence[TargetStep]
    periods: Sequence[TermsPeriod]
    cycles: Sequence[datetime]
    changes: Sequence[TermsChange] = ()


def steps_of(
    metric: Metric,
    contract: Contract,
    inputs: Sequence[Input],
    tables: Timetables,
    present_version: UUID | None,
) -> tuple[Clock, list[Step]]:
    """Return the clock as it began, and each further input with the clock before and after it."""
    first = start(metric, inputs[0], tables, contract)
    clock, steps = first, []
    versions = _versions_after(inputs[1:], present_version)
    for input, version in zip(inputs[1:], versions, strict=True):
        after = step(clock, input, tables)
        steps.append(Step(clock, input, after, version))
        clock = after
    return first, steps


def first_version(inputs: Iterable[Input], present_version: UUID | None) -> UUID | None:
    """Return the agreement version under which a clock began."""
    return next((one.former_version for one in inputs if one.former_version), present_version)


def _versions_after(inputs: Sequence[Input], present: UUID | None) -> list[UUID | None]:
    """Return the agreement version after each input; the last one is the present one."""
    versions: list[UUID | None] = []
    version = present
    for input in reversed(inputs):
        versions.append(version)
        version = input.former_version or version
    return versions[::-1]
