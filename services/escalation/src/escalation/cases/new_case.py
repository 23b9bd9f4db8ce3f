"""From a trigger to a running case: deduplicate, choose the policy, fire step 1."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome, load_roster
from escalation.cases.domain import lifecycle, policy_engine, timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.recipients import Roster
from escalation.policies.domain.trigger import DEFAULT_TIER, Trigger


async def open_or_join(
    tx: Connection, cause: Trigger, note: str, actor: str | None = None, policy: str | None = None
) -> tuple[Case, bool]:
    """Open a case, or add to the unresolved one of the same dedup key (E9).

    `policy` overrides the matrix, for cases opened by hand. True where the case is new. Its first
    step fires here, in the same transaction: step 1 fires at the trigger (E1).
    """
    chosen = await _choose_policy(tx, cause, policy)
    while True:
        at = await transaction_time(tx)
        new = await cases.add(tx, _build_case(uuid7(), cause, chosen, at))
        if new:
            return await apply_outcome(
                tx, new, _first_outcome(new, await load_roster(tx), note, actor, at)
            ), True
        for existing in await cases.lock_unresolved(tx, [cause.dedup_key]):
            at = await transaction_time(tx)
            return await apply_outcome(
                tx, existing, lifecycle.repeat_trigger(existing.state, note, at)
            ), False
        # Resolved by somebody between the two looks: the key is free again.


async def notify_only(tx: Connection, cause: Trigger, people: Sequence[str], note: str) -> Case:
    """Tell these people, once each, and page nobody: the case has no step due, and stays open until
    its cause ends. Of an unresolved case of the same dedup key: tell them what has changed."""
    chosen = await _choose_policy(tx, cause, None)
    while True:
        at = await transaction_time(tx)
        new = await cases.add(tx, _without_steps(_build_case(uuid7(), cause, chosen, at)))
        if new:
            events = (timeline.Opened(at, note, cause.at), timeline.Informed(at, tuple(people)))
            return await apply_outcome(tx, new, (new.state, events))
        for existing in await cases.lock_unresolved(tx, [cause.dedup_key]):
            at = await transaction_time(tx)
            changed = replace(existing, trigger=cause)
            repeated = (timeline.Repeated(at, note), timeline.Informed(at, tuple(people)))
            return await apply_outcome(tx, changed, (existing.state, repeated))
        # Resolved by somebody between the two looks: the key is free again.


def _without_steps(case: Case) -> Case:
    return replace(case, state=replace(case.state, due_at=None))


def _build_case(id: UUID, cause: Trigger, policy: Policy, at: datetime) -> Case:
    # Heard late, step 1 was due when the cause happened; a sender's clock may also run ahead.
    due_at = min(cause.at, at)
    return Case("", 0, at, cause, policy, lifecycle.new_state(id, policy, cause.severity, due_at))


def _first_outcome(
    case: Case, roster: Roster, note: str, actor: str | None, at: datetime
) -> Outcome:
    """Step 1, and those to whom it is owed whom step 1 does not tell (R2, R5)."""
    state, events = policy_engine.advance(case.state, case.policy, roster, at)
    paged = {p for f in events if isinstance(f, timeline.StepFired) for p in f.people}
    mandatory = tuple(
        sorted(
            p
            for p, roles in roster.people.items()
            if roles & {*case.trigger.mandatory_roles} and p not in paged
        )
    )
    informed = (timeline.Informed(at, mandatory),) if mandatory else ()
    return state, (timeline.Opened(at, note, case.trigger.at, actor), *informed, *events)


async def _choose_policy(tx: Connection, cause: Trigger, requested: str | None) -> Policy:
    """The newest version of the policy that the matrix names; the house's if that is gone."""
    matrix, _ = await policy_store.get_matrix(tx)
    key = requested or matrix.policy_for(cause)
    policy = await policy_store.get_newest_policy(tx, key) or await policy_store.get_newest_policy(
        tx, "house"
    )
    if policy is None:
        raise LookupError("the house's policy is missing: the first migration makes it")
    return policy


async def environment_tier(tx: Connection, environment: str | None) -> str | None:
    """The tier by which the matrix judges; None only where no environment is concerned."""
    if environment is None:
        return None
    return await directory.get_tier(tx, environment) or DEFAULT_TIER
