"""The events of a clock that waivers made, in words: approved, ended, too late (C11). Pure."""

from sla.clocks.domain.clock import ClockWaiver
from sla.clocks.domain.story import LateApproval, Step, StoryEvent, StoryNames


def approval_event(step: Step, waiver: ClockWaiver, names: StoryNames) -> StoryEvent:
    """A waiver was approved, or an approval ended."""
    facts = names.approvals.get(waiver.waiver_id)
    name, until = name_of_approval(waiver, names), names.format_instant(waiver.expires_at)
    said = key_of_approval(waiver, names) | {"until_at": waiver.expires_at.isoformat()}
    is_known = any(one.waiver_id == waiver.waiver_id for one in step.before.waivers)
    if is_known:
        by = (facts.ended_by,) if facts and facts.ended_by else ()
        text = f"{name} covers no breach from {until} on"
        return StoryEvent(step.input.at, "waived", text, by, "waiver_ended", said)
    by = (facts.decided_by,) if facts and facts.decided_by else ()
    text = f"{name} was approved: a breach before {until} is covered"
    return StoryEvent(waiver.at, "waived", text, by, "waiver_approved", said)


def late_event(approval: LateApproval) -> StoryEvent:
    """A waiver was approved when nothing was left to cover."""
    text = f"waiver {approval.key} was approved too late: it covers nothing"
    facts = {"waiver": approval.key}
    by = (approval.decided_by,)
    return StoryEvent(approval.decided_at, "waiver_too_late", text, by, "waiver_too_late", facts)


def name_of_approval(waiver: ClockWaiver, names: StoryNames) -> str:
    facts = names.approvals.get(waiver.waiver_id)
    return f"waiver {facts.key}" if facts else "a waiver"


def key_of_approval(waiver: ClockWaiver, names: StoryNames) -> dict[str, str]:
    """Return the key of a waiver as a fact; none where it is not known."""
    facts = names.approvals.get(waiver.waiver_id)
    return {"waiver": facts.key} if facts else {}
