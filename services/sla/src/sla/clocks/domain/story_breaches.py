"""The events of a clock that its deadline made, in words: warnings, breaches, and what covers or withdraws them. Pure."""

from collections.abc import Iterator

from common.wording import format_duration
from sla.clocks.domain.clock import BREACH, ClockWaiver, Firing
from sla.clocks.domain.story import LateApproval, Step, StoryEvent, StoryNames


def firing_event(step: Step, firing: Firing, names: StoryNames) -> StoryEvent:
    """A warning, or a breach with the approval that covers it, at the instant when it was due."""
    if firing.kind != BREACH:
        code, facts = warning_facts(firing)
        return StoryEvent(firing.due_at, "warned", describe_warning(firing), (), code, facts)
    text, facts = "the promise was broken", {}
    if firing.reason != "deadline":
        passed = names.format_instant(firing.reached_at)
        text += f": by a change its time had run out at {passed}"
        facts["passed_at"] = firing.reached_at.isoformat()
    waiver = step.after.waiver_covering(firing.due_at)
    if waiver is not None:
        text += f"; {name_of_approval(waiver, names)} covers it"
        facts |= key_of_approval(waiver, names)
    return StoryEvent(firing.due_at, "breached", text, (), "breached", facts)


def warning_facts(firing: Firing) -> tuple[str, dict[str, str]]:
    """Return the code of a warning, and how much was used up, or how long before the deadline it came."""
    threshold = firing.kind.removeprefix("warning_")
    if threshold.replace(".", "").isdigit():
        return "warned_share", {"used_percent": threshold}
    seconds = threshold.removesuffix("s_before")
    return ("warned_before", {"before_seconds": seconds}) if seconds.isdigit() else ("", {})


def describe_warning(firing: Firing) -> str:
    """A warning in words: `warned, 50 % used up`."""
    threshold = firing.kind.removeprefix("warning_")
    if threshold.replace(".", "").isdigit():
        return f"warned, {threshold} % used up"
    seconds = threshold.removesuffix("s_before")
    before = format_duration(int(seconds)) if seconds.isdigit() else threshold.replace("_", " ")
    return f"warned, {before} before the deadline"


def withdrawal_events(step: Step, names: StoryNames) -> Iterator[StoryEvent]:
    """That a breach was withdrawn, where this step did so: what stopped the clock in time was heard late."""
    before, after = step.before, step.after
    breached_at = before.cycle_breached_at
    if breached_at is not None and after.cycle_breached_at is None and not step.starts_cycle:
        text = f"the breach of {names.format_instant(breached_at)} is withdrawn"
        facts = {"broken_at": breached_at.isoformat()}
        by = step.input.by
        yield StoryEvent(step.at, "breach_withdrawn", text, by, "breach_withdrawn", facts)


def approval_event(step: Step, waiver: ClockWaiver, names: StoryNames) -> StoryEvent:
    """A waiver was approved, or an approval ended."""
    facts = names.approvals.get(waiver.waiver_id)
    name, until = name_of_approval(waiver, names), names.format_instant(waiver.expires_at)
    filled_in = key_of_approval(waiver, names) | {"until_at": waiver.expires_at.isoformat()}
    is_known = any(one.waiver_id == waiver.waiver_id for one in step.before.waivers)
    if is_known:
        by = (facts.ended_by,) if facts and facts.ended_by else ()
        text = f"{name} covers no breach from {until} on"
        return StoryEvent(step.input.at, "waived", text, by, "waiver_ended", filled_in)
    by = (facts.decided_by,) if facts and facts.decided_by else ()
    text = f"{name} was approved: a breach before {until} is covered"
    return StoryEvent(waiver.at, "waived", text, by, "waiver_approved", filled_in)


def late_event(approval: LateApproval) -> StoryEvent:
    """A waiver was approved when nothing was left to cover."""
    text = f"waiver {approval.key} was approved too late: it covers nothing"
    facts = {"waiver": approval.key}
    by = (approval.decided_by,)
    return StoryEvent(approval.decided_at, "waiver_too_late", text, by, "waiver_too_late", facts)


def name_of_approval(waiver: ClockWaiver, names: StoryNames) -> str:
    """The waiver by its key, `waiver WVR-3`; `a waiver` where the key is not known."""
    facts = names.approvals.get(waiver.waiver_id)
    return f"waiver {facts.key}" if facts else "a waiver"


def key_of_approval(waiver: ClockWaiver, names: StoryNames) -> dict[str, str]:
    """Return the key of a waiver as a fact; none where it is not known."""
    facts = names.approvals.get(waiver.waiver_id)
    return {"waiver": facts.key} if facts else {}
