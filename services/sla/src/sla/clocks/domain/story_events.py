"""The events of a clock in words: what each input changed, from what to what (C9). Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from common.wording import format_duration
from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import Clock, Input, InputKind, Timetables
from sla.clocks.domain.story import (
    LateApproval,
    Step,
    Story,
    StoryEvent,
    StoryNames,
    TargetStep,
    TermsPeriod,
    first_version,
    steps_of,
)
from sla.clocks.domain.story_breaches import (
    approval_event,
    firing_event,
    late_event,
    withdrawal_events,
)
from sla.clocks.domain.story_terms import (
    describe_terms,
    facts_of_terms,
    seconds_of,
    terms_changes,
)

STOPS: Final[Mapping[InputKind, str]] = {
    "replied": "public reply to the customer",
    "answered": "answered",
    "handed_back": "handed back to us",
    "forwarded": "forwarded to somebody else",
    "workaround_provided": "workaround provided",
    "resolved": "resolved",
    "merged": "ended",
    "cancelled": "ended",
}
RESUMES: Final[Mapping[InputKind, str]] = {
    "resumed": "work goes on",
    "customer_replied": "the customer replied",
    "forwarded": "forwarded: work goes on",
    "handed_back": "handed back: work goes on",
}


def tell_story(
    metric: Metric,
    contract: Contract,
    inputs: Sequence[Input],
    tables: Timetables,
    names: StoryNames,
    present_version: UUID | None = None,
    late: Iterable[LateApproval] = (),
) -> Story:
    """Tell the story of a clock from all of its inputs, the first of which opened it.

    `late` are approvals that changed nothing, and so are no inputs.
    """
    clock, steps = steps_of(metric, contract, inputs, tables, present_version)
    events = [_opening(clock, inputs[0])]
    version = first_version(inputs, present_version)
    periods = [TermsPeriod(clock.opened_at, version, clock.terms.calendar)]
    targets = [TargetStep(clock.opened_at, clock.terms.target)]
    for one in steps:
        events += _events_of(one, names)
        period = TermsPeriod(one.at, one.version, one.after.terms.calendar)
        if (period.agreement_version, period.calendar) != (
            periods[-1].agreement_version,
            periods[-1].calendar,
        ):
            periods.append(period)
        if one.after.terms.target != one.before.terms.target:
            targets.append(TargetStep(one.at, one.after.terms.target))
    events += [late_event(one) for one in late]
    cycles = [one.at for one in steps if one.starts_cycle]
    in_order = sorted(events, key=lambda event: event.at)
    return Story(in_order, targets, periods, cycles, terms_changes(steps))


def result_of(clock: Clock, counted: timedelta) -> str:
    """How a cycle that counted so much ended: `met with 2 hr left`, `3 hr too late`."""
    target = clock.terms.target
    if target is None:
        return "nothing was promised"
    if counted <= target:
        left = target - counted
        return f"met with {format_duration(left)} left" if left else "met at the last moment"
    return f"{format_duration(counted - target)} too late"


def result_facts(clock: Clock, counted: timedelta) -> dict[str, str]:
    """How a cycle that counted so much ended: what was left, or by how much it was too late; none without a promise."""
    target = clock.terms.target
    if target is None:
        return {}
    name = "left_seconds" if counted <= target else "late_seconds"
    return {name: seconds_of(abs(target - counted))}


def _opening(clock: Clock, input: Input) -> StoryEvent:
    target = clock.terms.target
    if clock.metric == "next_reply":
        text = "the ticket was opened; the clock waits for the customer's next message"
        return StoryEvent(clock.opened_at, "opened", text, input.by, "opened_waiting")
    if target is None:
        text = "the ticket was opened; nothing was promised yet"
        return StoryEvent(clock.opened_at, "opened", text, input.by, "opened_unpromised")
    text = f"the clock began: {format_duration(target)} promised"
    facts = {"target_seconds": seconds_of(target)}
    return StoryEvent(clock.opened_at, "opened", text, input.by, "opened_promised", facts)


def _events_of(step: Step, names: StoryNames) -> Iterator[StoryEvent]:
    input = step.input
    if input.firing is not None:
        yield firing_event(step, input.firing, names)
        return
    if input.waiver is not None:
        yield approval_event(step, input.waiver, names)
        return
    if input.kind in ("opened_earlier", "opened_later") and step.before != step.after:
        text = f"{input.reason}: it counts from {names.format_instant(step.after.opened_at)} on"
        facts = {"counts_at": step.after.opened_at.isoformat()}
        yield StoryEvent(step.at, "opening_moved", text, input.by, input.kind, facts)
    if terms := describe_terms(step, names):
        yield StoryEvent(
            step.at, "terms_changed", terms, input.by, input.kind, facts_of_terms(step)
        )
    yield from _state_events(step)
    yield from withdrawal_events(step, names)


def _state_events(step: Step) -> Iterator[StoryEvent]:
    before, after, input = step.before, step.after, step.input
    if after.cancelled is not None and before.cancelled is None:
        text = f"cancelled: {after.cancelled}"
        facts = {"reason": after.cancelled}
        yield StoryEvent(step.at, "cancelled", text, input.by, "cancelled", facts)
    elif input.kind == "unmerged" and before != after:
        text = "separated again: it counts as if it had never been merged"
        yield StoryEvent(step.at, "separated", text, input.by, "separated")
    elif step.starts_cycle:
        code, facts = _cycle_facts(step)
        yield StoryEvent(step.at, "cycle_started", _cycle_text(step), input.by, code, facts)
    elif before.open and not after.open:
        code, facts = f"stopped_{input.kind}", _stop_facts(step)
        yield StoryEvent(step.at, "stopped", _stop_text(step), input.by, code, facts)
    elif after.open and not before.open:
        code = input.kind if input.kind in ("reopened", "reopened_by_us") else "open_again"
        yield StoryEvent(step.at, "reopened", _reopening_text(input), input.by, code)
    elif input.kind == "on_hold" and before.open and after.waiting and not before.waiting:
        counts = "" if after.terms.pausable else "; by the agreement this time counts"
        text = f"put on hold for the customer{counts}"
        code = "paused" if after.terms.pausable else "paused_counting"
        yield StoryEvent(step.at, "paused", text, input.by, code)
    elif before.waiting and not after.waiting:
        text = RESUMES.get(input.kind, "work goes on")
        code = f"resumed_{input.kind}" if input.kind in RESUMES else "resumed"
        yield StoryEvent(step.at, "resumed", text, input.by, code)


def _cycle_facts(step: Step) -> tuple[str, dict[str, str]]:
    if step.input.kind in ("replied", "answered"):
        return "cycle_news", result_facts(step.before, _counted_at_end(step))
    return ("cycle_owed" if step.input.kind == "customer_replied" else "cycle_reopened"), {}


def _stop_facts(step: Step) -> dict[str, str]:
    if step.input.kind in ("merged", "cancelled"):
        return {"reason": step.input.reason} if step.input.reason else {}
    return result_facts(step.after, step.after.counted)


def _cycle_text(step: Step) -> str:
    before = step.before
    if step.input.kind in ("replied", "answered"):
        counted = _counted_at_end(step)
        return f"news to the customer: {result_of(before, counted)}; the next time began"
    if step.input.kind == "customer_replied":
        return "the customer wrote: a reply is owed"
    return "reopened: the next time began"


def _stop_text(step: Step) -> str:
    what = STOPS.get(step.input.kind, step.input.kind.replace("_", " "))
    if step.input.kind in ("merged", "cancelled"):
        reason = f" ({step.input.reason})" if step.input.reason else ""
        return f"{what}{reason}: what was broken stays broken"
    return f"{what}: {result_of(step.after, step.after.counted)}"


def _counted_at_end(step: Step) -> timedelta:
    """What the cycle had counted that this step ended."""
    segments = step.after.stretches[step.before.cycle : step.after.cycle]
    return sum((one.working_time for one in segments if one.kind == "running"), timedelta(0))


def _reopening_text(input: Input) -> str:
    if input.kind == "reopened_by_us":
        return "reopened by our own side: the time since it was resolved counts"
    return "reopened by the customer" if input.kind == "reopened" else "open again"
