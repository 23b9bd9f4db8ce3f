"""From a trigger to a running case: deduplicate, choose the policy, fire step 1."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection, moment
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.cases.commands import keep, roster
from escalation.cases.domain import lifecycle, policy_engine, timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.recipients import Roster
from escalation.policies.domain.trigger import UNKNOWN_TIER, Trigger


async def trigger(
    tx: Connection, cause: Trigger, note: str, by: str | None = None, policy: str | None = None
) -> tuple[Case, bool]:
    """Open a case, or add to the unresolved one of the same dedup key (E9).

    `policy` overrides the matrix, for cases opened by hand. True where the case is new. Its first
    step fires here, in the same transaction: step 1 fires at the trigger (E1).
    """
    chosen = await _policy(tx, cause, policy)
    while True:
        at = await moment(tx)
        new = await cases.add(tx, _case(uuid7(), cause, chosen, at))
        if new:
            return await keep(tx, new, _opened(new, await roster(tx), note, by, at)), True
        for known in await cases.lock_unresolved(tx, [cause.dedup_key]):
            at = await moment(tx)
            return await keep(tx, known, lifecycle.again(known.state, note, at)), False
        # Resolved by somebody between the two looks: the key is free again.


async def inform(tx: Connection, cause: Trigger, people: Sequence[str], note: str) -> Case:
    """Tell these people, once each, and page nobody: the case has no step due, and stays open until
    its cause ends. Of an unresolved case of the same dedup key: tell them what has changed."""
    chosen = await _policy(tx, cause, None)
    while True:
        at = await moment(tx)
        new = await cases.add(tx, _quiet(_case(uuid7(), cause, chosen, at)))
        if new:
            facts = (timeline.Opened(at, note, cause.at), timeline.Informed(at, tuple(people)))
            return await keep(tx, new, (new.state, facts))
        for known in await cases.lock_unresolved(tx, [cause.dedup_key]):
            at = await moment(tx)
            changed = replace(known, trigger=cause)
            repeated = (timeline.Repeated(at, note), timeline.Informed(at, tuple(people)))
            return await keep(tx, changed, (known.state, repeated))
        # Resolved by somebody between the two looks: the key is free again.


def _quiet(case: Case) -> Case:
    return replace(case, state=replace(case.state, due_at=None))


def _case(id: UUID, cause: Trigger, policy: Policy, at: datetime) -> Case:
    # Heard late, step 1 was due when the cause happened; a sender's clock may also run ahead.
    due_at = min(cause.at, at)
    return Case("", 0, at, cause, policy, lifecycle.opened(id, policy, cause.severity, due_at))


def _opened(case: Case, who: Roster, note: str, by: str | None, at: datetime) -> Outcome:
    """Step 1, and those to whom it is owed whom step 1 does not tell (R2, R5)."""
    state, facts = policy_engine.due(case.state, case.policy, who, at)
    told = {p for f in facts if isinstance(f, timeline.StepFired) for p in f.people}
    owed = tuple(
        sorted(
            p
            for p, roles in who.people.items()
            if roles & {*case.trigger.owed_to} and p not in told
        )
    )
    informed = (timeline.Informed(at, owed),) if owed else ()
    return state, (timeline.Opened(at, note, case.trigger.at, by), *informed, *facts)


async def _policy(tx: Connection, cause: Trigger, wanted: str | None) -> Policy:
    """The newest version of the policy that the matrix names; the house's if that is gone."""
    matrix, _ = await policy_store.newest_matrix(tx)
    key = wanted or matrix.policy_for(cause)
    found = await policy_store.newest_policy(tx, key) or await policy_store.newest_policy(
        tx, "house"
    )
    if found is None:
        raise LookupError("the house's policy is missing: the first migration makes it")
    return found


async def tier(tx: Connection, environment: str | None) -> str | None:
    """The tier by which the matrix judges; None only where no environment is concerned."""
    if environment is None:
        return None
    return await directory.tier_of(tx, environment) or UNKNOWN_TIER
