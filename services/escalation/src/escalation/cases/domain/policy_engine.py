"""What time does to an escalation: steps, passes and time-outs; and escalating by hand. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from common.domain import Rejection
from escalation.cases.domain.lifecycle import (
    ALREADY_RESOLVED,
    EscalationState,
    Outcome,
    change_policy,
    restart,
)
from escalation.cases.domain.timeline import (
    Exhausted,
    Reopened,
    StepFired,
    StepSkipped,
    TimelineEvent,
)
from escalation.policies.domain.policy import REPEAT_FOREVER, Policy, Step
from escalation.policies.domain.recipients import Roster
from escalation.rotas.domain.time_window import is_open, next_open

# A step that fires this long after it was due was held up by downtime: the next delay counts
# from the firing (E1, E12). Anything shorter is the jitter of a healthy service and adds nothing.
LATE_AFTER = timedelta(seconds=30)


def advance(case: EscalationState, policy: Policy, roster: Roster, at: datetime) -> Outcome:
    """Do what is due, once, however long ago it was (E12); nothing when nothing is due."""
    if case.due_at is None or at < case.due_at:
        return case, ()
    if case.status == "open":
        return _advance_step(case, policy, roster, at)
    why = "nobody resolved it in time" if case.status == "acknowledged" else "the snooze ended"
    case, events = _advance_step(restart(case, case.due_at), policy, roster, at)
    return case, (Reopened(at, why), *events)


def escalate(
    case: EscalationState, policy: Policy, roster: Roster, actor: str, at: datetime
) -> Outcome | Rejection:
    """Fire the step after the last fired one now, wrapping to 1; reopens (E8)."""
    if case.status == "resolved":
        return ALREADY_RESOLVED
    next_step = case.fired_step + 1 if case.fired_step < len(policy.steps) else 1
    case = replace(case, status="open", exhausted=False, acknowledged_by=(), due_at=at)
    case = replace(case, next_step=next_step, snooze_requested_by=None, snooze_until=None)
    return _fire(case, policy, roster, at, actor)


def move_to_policy(
    case: EscalationState, policy: Policy, roster: Roster, actor: str, at: datetime
) -> Outcome | Rejection:
    """Let another policy take over, and fire its step 1 (E14)."""
    outcome = change_policy(case, policy, actor, at)
    if isinstance(outcome, Rejection):
        return outcome
    case, events = _advance_step(outcome[0], policy, roster, at)
    return case, (*outcome[1], *events)


def _advance_step(case: EscalationState, policy: Policy, roster: Roster, at: datetime) -> Outcome:
    if case.next_step > len(policy.steps):
        case = replace(case, exhausted=True, due_at=None)
        return case, (Exhausted(at, (policy.fallback,)),)
    # The window is asked for the instant at which the step was due: after downtime it fires at once.
    opening = next_open(policy.steps[case.next_step - 1].windows, case.due_at or at)
    case = replace(case, due_at=opening)
    return (case, ()) if opening > at else _fire(case, policy, roster, at)


def _fire(
    case: EscalationState, policy: Policy, roster: Roster, at: datetime, actor: str | None = None
) -> Outcome:
    """Fire the next step that reaches somebody; notify the fallback person if none does (E4)."""
    due_at, last = case.due_at or at, len(policy.steps)
    round_number = case.round + 1 if case.next_step <= case.fired_step else case.round
    skipped: list[TimelineEvent] = []
    for number, step in _steps_from(policy, case.next_step):
        if skipped and actor is None and not is_open(step.windows, at):
            waiting = _wait_for_window(replace(case, round=round_number), policy, number, at)
            return waiting, tuple(skipped)
        people = roster.resolve(step, at)
        if people or (policy.empty_step == "wait" and number < last):
            fired = StepFired(at, number, round_number, people, due_at, by=actor)
            break
        skipped.append(StepSkipped(at, number, round_number))
    else:
        fired = StepFired(
            at, last, round_number, (policy.fallback,), due_at, to_fallback=True, by=actor
        )
    fired = replace(fired, late=at - due_at > LATE_AFTER)
    return _with_next_step(case, policy, fired), (*skipped, fired)


def _steps_from(policy: Policy, first: int) -> Iterator[tuple[int, Step]]:
    return ((n, step) for n, step in enumerate(policy.steps, 1) if n >= first)


def _wait_for_window(
    case: EscalationState, policy: Policy, number: int, at: datetime
) -> EscalationState:
    """The state while step `number` waits for its window, the steps before it having had nobody."""
    opening = next_open(policy.steps[number - 1].windows, at)
    return replace(case, fired_step=number - 1, next_step=number, due_at=opening)


def _with_next_step(case: EscalationState, policy: Policy, fired: StepFired) -> EscalationState:
    """The state once a step has fired, with the next one due (E1, E2, E15)."""
    next_step, last = fired.step + 1, len(policy.steps)
    if fired.step == last and (policy.repeat == REPEAT_FOREVER or fired.round <= policy.repeat):
        next_step = 1
    base = fired.at if fired.late else fired.due_at
    due_at = base + policy.steps[fired.step - 1].delay
    windows = policy.steps[next_step - 1].windows if next_step <= last else ()
    return replace(
        case,
        round=fired.round,
        fired_step=fired.step,
        next_step=next_step,
        due_at=next_open(windows, due_at),
    )
