"""Open cases, change them, and store, notify and announce what happened: one transaction each.

Whoever changes a case holds its lock. Order of locks: case, notifications, deadlines.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.events.escalations import audience_topic
from common.messaging import outbox
from common.messaging.outbox import OutboxEvent
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from escalation.cases import store as cases
from escalation.cases.domain import lifecycle, policy_engine, timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.deadlines import deadlines_of
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.domain.timeline import TimelineEvent
from escalation.cases.events import to_event, to_timeline_entry
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.commands import cancel_notifications, create_notifications
from escalation.notifications.domain.notification import LONGEST_URGENT_DELAY, Purpose
from escalation.policies import store as policies
from escalation.policies.domain.policy import DEFAULT_POLICY, Policy
from escalation.policies.domain.recipients import Roster
from escalation.policies.domain.trigger import DEFAULT_TIER, Trigger

URGENT_SEVERITIES = ("blocker", "critical")
"""Severities of cases that personal delays over a bound do not delay."""
_PURPOSE_BY_EVENT: dict[type[TimelineEvent], Purpose] = {
    timeline.StepFired: "page",
    timeline.Exhausted: "exhausted",
    timeline.Informed: "duty",
}


async def open_or_join(
    tx: Connection,
    trigger: Trigger,
    note: str,
    actor: str | None = None,
    policy_key: str | None = None,
) -> tuple[Case, bool]:
    """Open a case, or add to the unresolved one of the same dedup key (E9). True where it is new.

    `policy_key` overrides the matrix, for cases opened by hand. Step 1 of a new case fires here, in
    the same transaction (E1).
    """
    while True:
        # Looked for first: most triggers repeat one, and need neither the matrix nor the rotas.
        for existing in await cases.lock_unresolved(tx, [trigger.dedup_key]):
            at = await transaction_time(tx)
            outcome = lifecycle.repeat_trigger(existing.state, note, at)
            return await apply_outcome(tx, existing, outcome), False
        policy = await _choose_policy(tx, trigger, policy_key)
        at = await transaction_time(tx)
        new = await cases.add(tx, _build_case(uuid7(), trigger, policy, at))
        if new:
            roster = await policies.load_roster(tx)
            return await apply_outcome(tx, new, _first_outcome(new, roster, note, actor, at)), True
        # Opened by somebody else between the two statements: added to in the next round.


async def notify_only(tx: Connection, trigger: Trigger, people: Sequence[str], note: str) -> Case:
    """Notify these people, once each, without paging: the case has no steps.

    It stays open until its cause ends. Where an unresolved case of the same dedup key exists, they
    are notified of what has changed.
    """
    policy = await _choose_policy(tx, trigger, None)
    while True:
        at = await transaction_time(tx)
        new = await cases.add(tx, _without_steps(_build_case(uuid7(), trigger, policy, at)))
        if new:
            opened = (timeline.Opened(at, note, trigger.at), timeline.Informed(at, tuple(people)))
            return await apply_outcome(tx, new, (new.state, opened))
        for existing in await cases.lock_unresolved(tx, [trigger.dedup_key]):
            at = await transaction_time(tx)
            changed = replace(existing, trigger=trigger)
            repeated = (timeline.Repeated(at, note), timeline.Informed(at, tuple(people)))
            return await apply_outcome(tx, changed, (existing.state, repeated))
        # Resolved by somebody else between the two statements: the dedup key is free again.


async def environment_tier(tx: Connection, environment: str | None) -> str | None:
    """The tier that the matrix asks for; None only where no environment is concerned."""
    if environment is None:
        return None
    return await directory.get_tier(tx, environment) or DEFAULT_TIER


async def apply_outcome(tx: Connection, case: Case, outcome: Outcome) -> Case:
    """Store the outcome of a rule with all that follows from it, and return the case as it is then."""
    state, events = outcome
    if state.policy_id != case.policy.id:
        case = replace(case, policy=await policies.get_policy(tx, state.policy_id))
    after = await _append_events(tx, replace(case, state=state), events)
    due = deadlines_of(after.state)
    await schedule(tx, [Deadline(kind, after.id, due_at) for kind, due_at in due.items()])
    return after


async def append_event(
    tx: Connection, case: Case, make_event: Callable[[datetime], TimelineEvent]
) -> Case:
    """Add an event to the timeline of a case whose state does not change.

    `make_event` gets the time of the transaction.
    """
    return await _append_events(tx, case, (make_event(await transaction_time(tx)),))


async def _append_events(tx: Connection, case: Case, events: Sequence[TimelineEvent]) -> Case:
    numbered = list(enumerate(events, case.sequence + 1))
    case = replace(case, sequence=case.sequence + len(events))
    await cases.save(tx, case)
    entries = [to_timeline_entry(event, number) for number, event in numbered]
    await cases.add_entries(tx, case.id, entries)
    for number, event in numbered:
        await _notify(tx, case, event, number)
    topics = tuple(audience_topic(audience) for audience in case.audiences)
    outbox_events = [OutboxEvent(to_event(case, event), n, topics) for n, event in numbered]
    await outbox.publish(tx, *outbox_events)
    return case


async def _notify(tx: Connection, case: Case, event: TimelineEvent, number: int) -> None:
    """What an event means for notifications: some create, some cancel (E5, E7, E14)."""
    occasion = str(number)
    if isinstance(event, timeline.Acknowledged):
        only = event.by if case.policy.acknowledge == "each" else None
        await cancel_notifications(tx, case.id, only)
    elif isinstance(event, timeline.Resolved | timeline.Snoozed | timeline.PolicyChanged):
        await cancel_notifications(tx, case.id)
    if isinstance(event, timeline.Withdrawn) or (
        isinstance(event, timeline.Resolved) and event.withdrawn
    ):
        reached = await notifications.list_reached_people(tx, case.id)
        await create_notifications(tx, case.id, occasion, "all_clear", reached, event.at)
    if isinstance(event, timeline.StepFired | timeline.Exhausted | timeline.Informed):
        purpose = _PURPOSE_BY_EVENT[type(event)]
        urgent = LONGEST_URGENT_DELAY if case.trigger.severity in URGENT_SEVERITIES else None
        await create_notifications(tx, case.id, occasion, purpose, event.people, event.at, urgent)


def _without_steps(case: Case) -> Case:
    return replace(case, state=replace(case.state, due_at=None))


def _build_case(id: UUID, trigger: Trigger, policy: Policy, at: datetime) -> Case:
    # Step 1 is due when the cause happened, which may be long ago; a sender's clock may run ahead.
    due_at = min(trigger.at, at)
    state = lifecycle.new_state(id, policy, trigger.severity, due_at)
    return Case("", 0, at, trigger, policy, state)


def _first_outcome(
    case: Case, roster: Roster, note: str, actor: str | None, at: datetime
) -> Outcome:
    """Step 1, and the mandatory roles as far as step 1 does not notify them (R2, R5)."""
    state, events = policy_engine.advance(case.state, case.policy, roster, at)
    paged = {p for e in events if isinstance(e, timeline.StepFired) for p in e.people}
    mandatory = roster.with_roles(case.trigger.mandatory_roles)
    missing = tuple(person for person in mandatory if person not in paged)
    informed = (timeline.Informed(at, missing),) if missing else ()
    return state, (timeline.Opened(at, note, case.trigger.at, actor), *informed, *events)


async def _choose_policy(tx: Connection, trigger: Trigger, requested: str | None) -> Policy:
    """The newest version of the policy requested or named by the matrix; else the default policy."""
    matrix, _ = await policies.get_matrix(tx)
    key = requested or matrix.policy_for(trigger)
    policy = await policies.get_newest_policy(tx, key)
    policy = policy or await policies.get_newest_policy(tx, DEFAULT_POLICY)
    if policy is None:
        raise LookupError(f"policy {DEFAULT_POLICY!r} is missing: the first migration makes it")
    return policy
