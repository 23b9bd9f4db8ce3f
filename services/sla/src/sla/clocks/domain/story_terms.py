"""A change of what is promised in words: from which target, version and cover to which (C6). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from common.wording import format_duration
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.story import Step, StoryNames, TermsChange

CHANGE_LABELS: Final[Mapping[InputKind, str]] = {
    "target_changed": "another priority",
    "tags_changed": "another tag",
    "agreement_moved": "another version of the agreement",
    "coverage_extended": "extra cover",
    "coverage_extension_ended": "extra cover that ended",
    "calendar_changed": "a new version of the calendar",
    "reclassified": "the ticket was corrected",
}
"""Why the terms changed, by kind of input."""


def describe_terms(step: Step, names: StoryNames) -> str:
    """What an input changed of the promise, and why; empty where it changed nothing."""
    if step.input.kind not in CHANGE_LABELS:
        return ""
    changes = "; ".join(_changes(step, names))
    return f"{reason_of(step.input)}: {changes}" if changes else ""


def facts_of_terms(step: Step) -> dict[str, str]:
    """What an input changed of the promise: from what (`was_…`) to what; of what is left out nothing holds, or nothing
    changed. `pausable` says whether waiting on the customer is left out of the count now."""
    before, after = step.before.terms, step.after.terms
    pairs: dict[str, tuple[str | None, str | None]] = {}
    if before.target != after.target:
        pairs["target_seconds"] = (seconds_of(before.target), seconds_of(after.target))
    if step.before.deadline != step.after.deadline:
        pairs["deadline_at"] = (_iso(step.before.deadline), _iso(step.after.deadline))
    facts = {name: now for name, (_, now) in pairs.items() if now}
    facts |= {f"was_{name}": was for name, (was, _) in pairs.items() if was}
    if before.pausable != after.pausable:
        facts["pausable"] = str(after.pausable).lower()
    if step.input.reason:
        facts["reason"] = step.input.reason
    return facts


def seconds_of(length: timedelta | None) -> str:
    """Write a length as a fact; "" for none."""
    return "" if length is None else f"{length.total_seconds():.0f}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def terms_changes(steps: Iterable[Step]) -> list[TermsChange]:
    """The changes of the promise by these steps."""
    return [
        TermsChange(one.input.at, reason_of(one.input), one.input.terms.target)
        for one in steps
        if one.input.terms is not None and one.input.kind in CHANGE_LABELS
    ]


def reason_of(input: Input) -> str:
    """Why the promise changed: `another priority (priority minor to major)`."""
    reason = f" ({input.reason})" if input.reason else ""
    return f"{CHANGE_LABELS[input.kind]}{reason}"


def _changes(step: Step, names: StoryNames) -> Iterator[str]:
    before, after = step.before.terms, step.after.terms
    former = step.input.former_version
    if former is not None and former != step.version:
        old, new = _agreement(former, names), _agreement(step.version, names)
        yield f"{new} instead of {old}"
    if before.target != after.target:
        yield _target_change(before.target, after.target)
    if before.calendar != after.calendar:
        old, new = (names.calendars.get(one, str(one)) for one in (before.calendar, after.calendar))
        yield f"counted by calendar {new} instead of {old}"
    if before.pausable != after.pausable:
        counts = "does not count" if after.pausable else "counts"
        yield f"waiting on the customer {counts} now"
    if step.before.deadline != step.after.deadline:
        yield _deadline_change(step, names)


def _agreement(version: UUID | None, names: StoryNames) -> str:
    return "no agreement" if version is None else names.agreements.get(version, str(version))


def _target_change(before: timedelta | None, after: timedelta | None) -> str:
    if after is None:
        return "nothing is promised any more"
    if before is None:
        return f"{format_duration(after)} promised, nothing before"
    return f"{format_duration(after)} promised instead of {format_duration(before)}"


def _deadline_change(step: Step, names: StoryNames) -> str:
    before, after = step.before.deadline, step.after.deadline
    if after is None:
        return "no deadline"
    if before is None:
        return f"deadline {names.format_instant(after)}"
    return f"deadline {names.format_instant(after)} instead of {names.format_instant(before)}"
