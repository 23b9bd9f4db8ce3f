"""What time does to an escalation: steps, passes, time-outs, and stepping up by hand. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.cases.domain.lifecycle import RESOLVED, Escalation, Outcome, move, restarted
from escalation.cases.domain.timeline import (
    Exhausted,
    Fact,
    Refused,
    Reopened,
    StepFired,
    StepSkipped,
)
from escalation.policies.domain.policy import FOREVER, Policy, Step
from escalation.policies.domain.recipients import Roster
from escalation.rotas.domain.time_window import is_open, next_open

# A step that fires this long after it was due was held up by downtime: the next delay counts
# from the firing (E1, E12). Anything shorter is the jitter of a healthy service and adds nothing.
LATE = timedelta(seconds=30)


def due(case: Escalation, policy: Policy, roster: Roster, at: datetime) -> Outcome:
    """Do what is due, once, however long ago it was (E12). Nothing due: nothing happens."""
    if case.due_at is None or at < case.due_at:
        return case, ()
    if case.status == "open":
        return _step(case, policy, roster, at)
    why = "nobody resolved it in time" if case.status == "acknowledged" else "the snooze ended"
    case, facts = _step(restarted(case, case.due_at), policy, roster, at)
    return case, (Reopened(at, why), *facts)


def escalate(
    case: Escalation, policy: Policy, roster: Roster, by: str, at: datetime
) -> Outcome | Refused:
    """Fire the step after the last fired one now, wrapping to 1; reopens (E8)."""
    if case.status == "resolved":
        return RESOLVED
    next_step = case.fired + 1 if case.fired < len(policy.steps) else 1
    case = replace(case, status="open", exhausted=False, acknowledged_by=(), due_at=at)
    case = replace(case, next_step=next_step, snooze_asked_by=None, snooze_until=None)
    return _fire(case, policy, roster, at, by)


def moved(
    case: Escalation, policy: Policy, roster: Roster, by: str, at: datetime
) -> Outcome | Refused:
    """Another policy takes over, and its step 1 fires (E14)."""
    outcome = move(case, policy, by, at)
    if isinstance(outcome, Refused):
        return outcome
    case, facts = _step(outcome[0], policy, roster, at)
    return case, (*outcome[1], *facts)


def _step(case: Escalation, policy: Policy, roster: Roster, at: datetime) -> Outcome:
    if case.next_step > len(policy.steps):
        case = replace(case, exhausted=True, due_at=None)
        return case, (Exhausted(at, (policy.fallback,)),)
    # Judged at the moment it was due: what downtime held up is not held up again by its window.
    opening = next_open(policy.steps[case.next_step - 1].windows, case.due_at or at)
    case = replace(case, due_at=opening)
    return (case, ()) if opening > at else _fire(case, policy, roster, at)


def _fire(
    case: Escalation, policy: Policy, roster: Roster, at: datetime, by: str | None = None
) -> Outcome:
    """Fire the next step that reaches somebody; the fallback person if none does (E4)."""
    due_at, last = case.due_at or at, len(policy.steps)
    of_pass = case.passes + 1 if case.next_step <= case.fired else case.passes
    skipped: list[Fact] = []
    for number, step in _from(policy, case.next_step):
        if skipped and by is None and not is_open(step.windows, at):
            return _held(replace(case, passes=of_pass), policy, number, at), tuple(skipped)
        people = roster.reach(step, at)
        if people or (policy.empty_step == "wait" and number < last):
            fired = StepFired(at, number, of_pass, people, due_at, by=by)
            break
        skipped.append(StepSkipped(at, number, of_pass))
    else:
        fired = StepFired(at, last, of_pass, (policy.fallback,), due_at, to_fallback=True, by=by)
    fired = replace(fired, late=at - due_at > LATE)
    return _after(case, policy, fired), (*skipped, fired)


def _from(policy: Policy, first: int) -> Iterator[tuple[int, Step]]:
    return ((n, step) for n, step in enumerate(policy.steps, 1) if n >= first)


def _held(case: Escalation, policy: Policy, number: int, at: datetime) -> Escalation:
    """The steps before were empty and this one's window is closed: it waits for its opening."""
    opening = next_open(policy.steps[number - 1].windows, at)
    return replace(case, fired=number - 1, next_step=number, due_at=opening)


def _after(case: Escalation, policy: Policy, fired: StepFired) -> Escalation:
    """The case once a step has fired, with the next one armed (E1, E2, E15)."""
    next_step, last = fired.step + 1, len(policy.steps)
    if fired.step == last and (policy.repeat == FOREVER or fired.of_pass <= policy.repeat):
        next_step = 1
    base = fired.at if fired.late else fired.due_at
    due_at = base + policy.steps[fired.step - 1].delay
    windows = policy.steps[next_step - 1].windows if next_step <= last else ()
    return replace(
        case,
        passes=fired.of_pass,
        fired=fired.step,
        next_step=next_step,
        due_at=next_open(windows, due_at),
    )
