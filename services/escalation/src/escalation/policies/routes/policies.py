"""`/v1/policies`: whom to notify, in which order."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.domain.nearest import proposal
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from escalation.directory import store as directory
from escalation.policies import store as policies
from escalation.policies.domain.policy import Policy, policy_violations
from escalation.policies.domain.trigger import AUDIENCES
from escalation.policies.schemas import PolicyCreate, PolicyRead, policy_to_response
from escalation.rotas import store as rotas
from escalation.rotas.domain.rota import Rota, find_gaps

GAP_LOOKAHEAD = timedelta(days=90)
"""How far ahead the rotas of a critical policy may leave no gap."""

routes = router("/v1/policies", tags=["policies"])


@routes.post("", status_code=201, response_model=PolicyRead)
async def create_policy(
    tx: Transaction,
    body: PolicyCreate,
    response: Response,
    caller: Annotated[Caller, requires("policies:write")],
) -> PolicyRead:
    """Create a policy, or a new version of one.

    Running escalations keep the version that they started with.
    """
    await policies.lock_policies(tx)
    at = await transaction_time(tx)
    previous = await policies.get_newest_policy(tx, body.key)
    policy = body.to_policy(uuid7(), previous.version + 1 if previous else 1)
    violations = [Violation("", "policy", reason) for reason in policy_violations(policy)]
    if violations := [*violations, *await _target_violations(tx, policy, at)]:
        raise ValidationFailed(violations)
    await policies.add_policy(tx, policy, at, caller.sub)
    grounds = {"version": policy.version}
    subject = f"policy/{policy.key}"
    await record(tx, Entry.by(caller.actor, at, "policy.make", subject, grounds))
    response.headers["Location"] = f"/v1/policies/{policy.key}"
    return policy_to_response(policy)


@routes.get("", response_model=Page[PolicyRead])
async def list_policies(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("policies:read")],
) -> Page[PolicyRead]:
    """List policies by key, the newest version of each."""
    newest = await policies.list_policies(tx)
    return page.slice(newest, policy_to_response, lambda policy: (policy.key,), (str,))


@routes.get("/{policy}", response_model=PolicyRead)
async def get_policy(
    tx: Transaction,
    policy: str,
    caller: Annotated[Caller, requires("policies:read")],
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> PolicyRead:
    """Get a policy by key, in its newest version or the one asked for."""
    versions = await policies.list_policies(tx, policy)
    matching = [p for p in versions if version in (None, p.version)]
    if not matching:
        raise NotFound("This policy")
    return policy_to_response(matching[0])


async def _target_violations(tx: Connection, policy: Policy, at: datetime) -> list[Violation]:
    """A violation for each target, or fallback, that does not exist, and for gaps (E18)."""
    people, newest = await directory.list_roles(tx), await rotas.list_rotas(tx)
    names: dict[str, set[str]] = {
        "person": set(people),
        "rota": set(newest),
        "role": set(AUDIENCES),
    }
    violations = [
        Violation(
            f"/steps/{s}/targets/{t}/name",
            "unknown_reference",
            f"there is no {target.kind} with this name" + proposal(target.name, names[target.kind]),
        )
        for s, step in enumerate(policy.steps)
        for t, target in enumerate(step.targets)
        if target.name not in names[target.kind]
    ]
    if policy.fallback not in people:
        detail = "there is no person with this name"
        violations.append(Violation("/fallback", "unknown_reference", detail))
    if policy.critical:
        violations += _gap_violations(policy, {key: rota for key, (rota, _) in newest.items()}, at)
    return violations


def _gap_violations(policy: Policy, rotas_by_key: dict[str, Rota], at: datetime) -> list[Violation]:
    """A violation for each rota of the policy in which nobody is on call for a while (E18)."""
    keys = {t.name for step in policy.steps for t in step.targets if t.kind == "rota"}
    violations = []
    for key in sorted(keys & set(rotas_by_key)):
        if gaps := find_gaps(rotas_by_key[key], at, at + GAP_LOOKAHEAD):
            start, end = gaps[0]
            detail = (
                f"nobody is on call in {key} from {start:%Y-%m-%d %H:%M}Z to {end:%Y-%m-%d %H:%M}Z"
            )
            violations.append(Violation("/steps", "rota_gap", detail))
    return violations
